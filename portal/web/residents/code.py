"""The box for a typed code: which village?"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.receipts import LENGTH, as_receipt
from portal.web.residents.blueprint import NOT_TEXT, as_token, found, pages


@pages.get("/")
def code_box() -> str | BaseResponse:
    """Which village? The code as typed from a poster; the code of a receipt leads to the own request."""
    typed = request.args.get("code")
    if typed is None:
        return render_template("residents/code.html", typed="", error="")
    receipt = as_receipt(typed)
    if receipt is not None:
        return redirect(url_for(".case", receipt=receipt))
    token = as_token(typed)
    if found(token) is None:
        return render_template(
            "residents/code.html", typed=NOT_TEXT.sub("", typed)[:20], error=_code_error(token)
        )
    return redirect(url_for(".show", token=token))


def _code_error(token: str) -> str:
    if not token:
        return "请输入海报上的 6 位码。"
    if len(token) == LENGTH:
        return "没有这个回执码。请对照回执再输一次；码里没有数字 0 和 1，也没有字母 O、I、L。"
    if len(token) != 6:
        return f"海报上的码是 6 位，您输入了 {len(token)} 位。请对照海报再输一次。"
    return "没有这个码。请对照海报再输一次；码里没有数字 0 和 1，也没有字母 O、I、L。"
