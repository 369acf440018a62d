"""A comparison as a page or a Markdown file, to send to somebody who has no ftlab."""
