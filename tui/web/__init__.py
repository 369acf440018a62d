"""The same app in a browser, for those without a terminal.

A server on loopback (`server`) lets nobody in who has not its token (`gate`) and starts a process
of the app for each tab (`tab`), which speaks to it through its pipes (`inside`, `driver`).
textual-serve brings the terminal that runs in the browser, and the words between it and the app.
"""
