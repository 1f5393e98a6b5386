"""The questions of `promobot init`. Each is also a flag, so this is light to import."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`name`: of the answer, and of its flag with dashes; `asked`: the sentence that asks it."""

    name: str
    asked: str
    also: tuple[str, ...] = ()
    """Other flags for the same."""

    @property
    def flag(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    @property
    def flags(self) -> tuple[str, ...]:
        return (self.flag, *self.also)


PLATFORM = Question(name="platform", asked="init_ask.platform")
TOKEN = Question(name="telegram_token", asked="init_ask.telegram_token")
PROXY = Question(name="telegram_proxy", asked="init_ask.telegram_proxy")
API_BASE = Question(name="telegram_api_base", asked="init_ask.telegram_api_base")
WAY = Question(name="wecom", asked="init_ask.wecom")
BOT = (
    Question(name="wecom_bot_id", asked="init_ask.wecom_bot_id"),
    Question(name="wecom_bot_secret", asked="init_ask.wecom_bot_secret"),
)
CALLBACK = (
    Question(name="wecom_bot_token", asked="init_ask.wecom_bot_token"),
    Question(name="wecom_bot_aes_key", asked="init_ask.wecom_bot_aes_key"),
)
BOT_NAME = Question(name="wecom_bot_names", asked="init_ask.wecom_bot_names")
APP = (
    Question(name="wecom_corp_id", asked="init_ask.wecom_corp_id"),
    Question(name="wecom_agent_id", asked="init_ask.wecom_agent_id"),
    Question(name="wecom_app_secret", asked="init_ask.wecom_app_secret"),
)
APP_CALLBACK = (
    Question(name="wecom_token", asked="init_ask.wecom_token"),
    Question(name="wecom_aes_key", asked="init_ask.wecom_aes_key"),
)
GROUP_KEY = Question(name="wecom_webhook_key", asked="init_ask.wecom_webhook_key")
DATA = Question(name="data", asked="init_ask.data")
KEY_FILE = Question(name="key_file", asked="init_ask.key_file")
PORT = Question(name="http_port", asked="init_ask.http_port")
YEAR = Question(name="year", asked="init_ask.year")
PLAN = Question(name="plan", asked="init_ask.plan", also=("--from",))
STARTS = Question(name="starts", asked="init_ask.starts")
ROSTER = Question(name="roster", asked="init_ask.roster")
OWN = Question(name="roster", asked="init_ask.own")
REWRITE = Question(name="overwrite", asked="init_ask.overwrite")

ALL = (
    *(PLATFORM, TOKEN, PROXY, API_BASE, WAY, *BOT, *CALLBACK, BOT_NAME),
    *(*APP, *APP_CALLBACK, GROUP_KEY),
    *(YEAR, PLAN, STARTS, ROSTER, DATA, KEY_FILE, PORT),
)
"""Those whose flag takes an answer; REWRITE's is a switch."""
