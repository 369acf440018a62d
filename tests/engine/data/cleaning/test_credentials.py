from __future__ import annotations

import string

import pytest

from engine.data.cleaning.secrets import find_secrets, masked

MIXED = (string.ascii_letters + string.digits) * 3
HEX = "3f9a0c7b1e5d8642" * 4

KEYS = [
    ("OpenAI API key", "sk-" + MIXED[20:68]),
    ("OpenAI API key", "sk-proj-" + MIXED[:40] + "_-" + MIXED[:60]),
    ("OpenAI API key", "sk-svcacct-" + MIXED[:40]),
    ("Anthropic API key", "sk-ant-api03-" + MIXED[:93] + "AA"),
    ("OpenRouter API key", "sk-or-v1-" + HEX),
    ("GitHub token", "ghp_" + MIXED[20:56]),
    ("GitHub token", "github_pat_" + MIXED[:22] + "_" + MIXED[:59]),
    ("GitLab token", "glpat-" + MIXED[5:25]),
    ("AWS access key", "AKIAIOSFODNN7EXAMPLE"),
    ("Google API key", "AIzaSy" + MIXED[:33]),
    ("Slack token", "xoxb-123456789012-" + MIXED[:24]),
    ("Stripe key", "sk_live_" + MIXED[:24]),
    ("Hugging Face token", "hf_" + MIXED[:34]),
    ("npm token", "npm_" + MIXED[:36]),
    ("SendGrid API key", "SG." + MIXED[:22] + "." + MIXED[:43]),
    ("Databricks token", "dapi" + HEX[:32]),
    ("Telegram bot token", "123456789:AA" + MIXED[:33]),
    ("JSON web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + MIXED[:43]),
    ("Slack webhook", "https://hooks.slack.com/services/T00000000/B00000000/" + MIXED[:24]),
]


@pytest.mark.parametrize(("name", "key"), KEYS, ids=[key[:12] for _, key in KEYS])
def test_keys_are_known_by_their_form_and_masked_whole(name: str, key: str) -> None:
    text = f"Use `{key}`, it works."
    (secret,) = find_secrets(text)
    assert (secret.kind, secret.name) == ("key", name)
    assert masked(text) == "Use `[API_KEY]`, it works."
    assert masked(f"{key}\n{key}") == "[API_KEY]\n[API_KEY]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api_key=9f8A7b6C5d4E3f2G1h0Jk", "api_key=[API_KEY]"),
        ('{"token": "q7Xb29LmPz84TnRw5KcY"}', '{"token": "[API_KEY]"}'),
        ("AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYzZ81kKEYs", None),
        ("Authorization: Bearer aB3dE5gH7jK9mN1pQ3sT5vX7", "Authorization: Bearer [API_KEY]"),
        ("client-secret => 'c0ffee12d34db33f99a8b7c6d5e4f321'", "client-secret => '[API_KEY]'"),
        ("postgres://app:s3cr3t-Pw@db.local/x", "postgres://app:[API_KEY]@db.local/x"),
        ("api_key=abcd1234efgh5678ijkl9012", "api_key=[API_KEY]"),
        ("password: Tr0ub4dor&3xyz", "password: [API_KEY]"),
        ("Your password: Tr0ub4dor&3xyz. Keep it!", "Your password: [API_KEY]. Keep it!"),
        ('{"db_password": "p@ssw0rd1"}', '{"db_password": "[API_KEY]"}'),
        ("PASSWORD='aB3dE5gH'", "PASSWORD='[API_KEY]'"),
        ("Password=Welcome2024!;Database=x", "Password=[API_KEY];Database=x"),
    ],
)
def test_what_is_assigned_to_a_key_is_masked_if_it_looks_random(
    text: str, expected: str | None
) -> None:
    (secret,) = find_secrets(text)
    assert secret.kind == "key"
    assert masked(text) == (expected or text[: secret.start] + "[API_KEY]")


@pytest.mark.parametrize("newline", ["\n", "\\n"])
def test_private_keys_are_masked_from_begin_to_end(newline: str) -> None:
    lines = [
        "-----BEGIN RSA PRIVATE KEY-----",
        MIXED[:64],
        MIXED[3:67],
        "-----END RSA PRIVATE KEY-----",
    ]
    assert masked("key:\n" + newline.join(lines) + " done") == "key:\n[API_KEY] done"
    assert masked(newline.join(lines[:3])) == "[API_KEY]"


@pytest.mark.parametrize(
    "text",
    [
        "Set OPENAI_API_KEY=sk-... in your shell.",
        "export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "api_key = os.environ['OPENAI_API_KEY']",
        "token = get_token_from_environment_variable_2()",
        'sort_key="last_modified_timestamp_2023"',
        "password: correct-horse-battery-staple",
        "primary_key=customer_id_and_order_id",
        "The file begins with '-----BEGIN RSA PRIVATE KEY-----' and ends with it.",
        "postgres://postgres:postgres@localhost/db and https://user:password@example.org",
        "mysql://root:$DB_PASSWORD@db/app",
        "git commit 3f9a0c7b1e5d86423f9a0c7b1e5d86423f9a0c7b",
        "sha256: " + HEX,
        "![](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4)",
        "a_very_long_identifier_in_some_code = another_very_long_identifier_in_code",
        "password: At least 8 characters, one of them a digit",
        "password=newPassword1, confirm_password=self.form.Password2",
        "password=hash_password_v2(pw1)",
        "password: ${DB_PASSWORD1} or {{ vault_password_1 }} or <your-password-123> or ********1",
        "password: VARCHAR2(255), password: bytes32, password: Optional[str1]",
        "password=%PASSWORD_1%&x=1",
        "password: /run/secrets/db1&2",
        "The password is 12345678, the PIN 0000.",
    ],
)
def test_code_that_has_no_key_in_it_is_clean(text: str) -> None:
    assert find_secrets(text) == []
