"""People on a real platform, who speak a script: see `tests.worlds.spoken.People`."""

from bot.adapters.telegram import TelegramAdapter
from bot.adapters.wecom import WecomAdapter
from commands.chat.messages import Chat
from tests.emulators.bot_api import BOT, BotApi, Json, Shown
from tests.emulators.wecom_bot import WecomBot


class OnTelegram:
    """See `People`: everybody has pressed Start."""

    def __init__(self, api: BotApi, adapter: TelegramAdapter) -> None:
        self.api = api
        self.adapter = adapter
        self._users: dict[str, Json] = {}
        self._groups: dict[str, Json] = {}

    def account(self, name: str) -> str:
        return f"telegram:{self._user(name)['id']}"

    def chat(self, name: str, *, group: bool) -> Chat:
        if not group:
            return Chat(platform="telegram", id=str(self._user(name)["id"]))
        if name not in self._groups:
            self._groups[name] = self.api.group(name)
        return Chat(platform="telegram", id=str(self._groups[name]["id"]), group=True)

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        place = next((g for g in self._groups.values() if str(g["id"]) == chat.id), None)
        quoted = {"message_id": 1, "from": BOT, "chat": place, "date": 1, "text": quote}
        more = {"reply_to_message": quoted} if quote else {}
        self.api.says(self._user(name), place, text, **more)

    def presses(self, name: str, label: str, chat: Chat) -> None:
        shown: Shown = next(
            shown
            for fits in (str.__eq__, str.startswith)
            for shown in reversed(self.api.seen(int(chat.id)))
            if any(fits(told, label) for row in shown.buttons for told, _ in row)
        )
        self.api.presses(self._user(name), shown, label)

    def _user(self, name: str) -> Json:
        if name not in self._users:
            self._users[name] = self.api.user(5000 + len(self._users), name)
        return self._users[name]


class OnWecom:
    """See `People`: everybody's userid is his name, everybody has opened the bot once."""

    def __init__(self, service: WecomBot, adapter: WecomAdapter) -> None:
        self.service = service
        self.adapter = adapter

    def account(self, name: str) -> str:
        self.service.reachable.add(name)
        return f"wecom:{name}"

    def chat(self, name: str, *, group: bool) -> Chat:
        if group:
            self.service.group(name)
            self.service.reachable.add(name)
        return Chat(platform="wecom", id=name, group=group)

    def says(self, name: str, text: str, chat: Chat, quote: str) -> None:
        quoted = {"msgtype": "text", "text": {"content": quote}} if quote else None
        self.service.says(name, text, chat.id if chat.group else "", quoted=quoted)

    def presses(self, name: str, label: str, chat: Chat) -> None:
        self.service.presses(name, chat.id, label)
