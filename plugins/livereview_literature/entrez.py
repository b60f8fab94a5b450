"""The E-utilities of PubMed: numbers that a search finds, and the records of numbers.

Errors come with status 200 and numbers as text. ESearch gives no more than 9,999 records of a query: what finds more
is asked for by the day of entry, in halves, until each part is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from livereview import Answer, PluginError, Session, plain_text
from livereview_literature.citations import Article, ArticleSet, articles_in

BATCH = 200
MOST = 9_999
#: A longer address is refused by some servers and proxies between.
_LONG = 1_500
#: PubMed holds no record entered earlier, and none entered later than tomorrow.
_FIRST = date(1700, 1, 1)
_LASTING = ("retstart", "invalid")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one search found."""

    count: int
    """As PubMed counts."""
    pmids: tuple[str, ...]
    translation: str = ""
    """The query as PubMed understood it."""
    remarks: tuple[str, ...] = ()
    """Phrases that PubMed did not find and left out, and what else it has to say."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """The records of some numbers."""

    articles: Mapping[str, Article]
    missing: tuple[str, ...]
    """Numbers of which PubMed delivered no record, asked twice."""
    odd: tuple[str, ...]
    """What it delivered besides, in words."""


def search_fault(answer: Answer) -> str | None:
    """What is wrong with an answer of ESearch that may be right when asked again; None if nothing is."""
    try:
        data = answer.json()
    except ValueError:
        return "the answer is no JSON"
    if not isinstance(data, dict):
        return "the answer is not what ESearch gives"
    if "error" in data:
        return plain_text(str(data["error"]))
    result = data.get("esearchresult")
    if not isinstance(result, dict):
        return "the answer holds no result of a search"
    said = str(result.get("ERROR") or "")
    if said:
        return None if any(word in said.lower() for word in _LASTING) else plain_text(said)
    if not str(result.get("count", "")).isdecimal() or not isinstance(result.get("idlist", []), list):
        return "the answer does not say how many records there are"
    return None


def record_fault(answer: Answer) -> str | None:
    """What is wrong with an answer of EFetch that may be right when asked again."""
    if b"<PubmedArticleSet" in answer.content[:4_000]:
        return None
    return f"the answer is no set of records: {plain_text(answer.text)[:120]}"


def found_in(data: Any) -> Found:
    """The result of ESearch; PluginError in PubMed's words where it holds an error."""
    result = data["esearchresult"]
    if said := result.get("ERROR"):
        raise PluginError(f"PubMed refused the search: {plain_text(str(said))[:300]} Change the query.")
    return Found(
        count=int(result["count"]),
        pmids=tuple(str(number) for number in result.get("idlist", [])),
        translation=plain_text(str(result.get("querytranslation") or "")),
        remarks=tuple(_remarks(result)),
    )


def _remarks(result: Mapping[str, Any]) -> Iterable[str]:
    errors = result.get("errorlist") or {}
    warnings = result.get("warninglist") or {}
    for words, listed in (
        ("PubMed found nothing for a phrase and left it out of the query", errors.get("phrasesnotfound")),
        ("PubMed knows no such field", errors.get("fieldsnotfound")),
        ("PubMed ignored a phrase", warnings.get("phrasesignored")),
        ("PubMed found nothing for a quoted phrase", warnings.get("quotedphrasesnotfound")),
        ("PubMed says", warnings.get("outputmessages")),
    ):
        for each in listed or ():
            yield f"{words}: {plain_text(str(each))}"


class Entrez:
    """Questions to PubMed through a session."""

    def __init__(
        self,
        session: Session,
        *,
        today: date,
        email: str = "",
        progress: Callable[[str, int, int], None] = lambda label, done, total: None,
    ) -> None:
        self._session = session
        self._today = today
        self._progress = progress
        self._always = {"db": "pubmed", "tool": "livereview", **({"email": email} if email else {})}

    def version(self) -> str:
        """The state of PubMed as it names it; "" if it does not say."""
        try:
            data = self._session.get("einfo.fcgi", {**self._always, "retmode": "json"}).json()
            about = data["einforesult"]["dbinfo"]
            about = about[0] if isinstance(about, list) else about
            version = plain_text(f"{about['dbbuild']}, updated {about['lastupdate']}")
        except (KeyError, IndexError, TypeError, PluginError):
            return ""
        self._session.note_version(version)
        return version

    def search(self, term: str) -> Found:
        """Everything that a term finds; in parts by day of entry where it is more than PubMed gives at once."""
        whole = self._part(term)
        if whole.count <= MOST:
            return whole
        pmids = self._between(term, _FIRST, self._today + timedelta(days=366))
        return Found(
            count=whole.count, pmids=tuple(dict.fromkeys(pmids)), translation=whole.translation, remarks=whole.remarks
        )

    def _between(self, term: str, first: date, last: date) -> tuple[str, ...]:
        found = self._part(term, first, last)
        if found.count <= MOST:
            return found.pmids
        if first == last:
            raise PluginError(
                f"PubMed entered {found.count:,} records that the query finds on {first.isoformat()}, and gives no "
                f"more than {MOST:,} of one day. Narrow the query, or split it into two sources."
            )
        middle = first + (last - first) // 2
        return self._between(term, first, middle) + self._between(term, middle + timedelta(days=1), last)

    def _part(self, term: str, first: date | None = None, last: date | None = None) -> Found:
        """One part of a search: its numbers page by page, or only its count where it is more than PubMed gives."""
        days = {} if first is None or last is None else {
            "datetype": "edat", "mindate": f"{first:%Y/%m/%d}", "maxdate": f"{last:%Y/%m/%d}",
        }  # fmt: skip
        found = self._page(term, days, 0)
        pmids = list(found.pmids)
        while found.count <= MOST and len(pmids) < found.count:
            page = self._page(term, days, len(pmids))
            if not page.pmids or set(page.pmids) <= set(pmids):
                break
            pmids += page.pmids
        return Found(
            count=found.count, pmids=tuple(dict.fromkeys(pmids)), translation=found.translation, remarks=found.remarks
        )

    def _page(self, term: str, days: Mapping[str, str], start: int) -> Found:
        asked = {
            **self._always, "term": term, "retmode": "json", "retstart": str(start), "retmax": str(MOST), **days,
        }  # fmt: skip
        ask = self._session.post if len(term) > _LONG else self._session.get
        return found_in(ask("esearch.fcgi", asked, fault=search_fault).json())

    def records(self, pmids: Iterable[str], label: str) -> Delivered:
        """The records of numbers, by number, in batches; what does not come is asked for once more."""
        wanted = dict.fromkeys(pmids)
        articles: dict[str, Article] = {}
        odd: list[str] = []
        for attempt in range(2):
            left = [pmid for pmid in wanted if pmid not in articles]
            for start in range(0, len(left), BATCH):
                batch = left[start : start + BATCH]
                found = self._batch(batch)
                for article in found.articles:
                    if article.pmid in wanted:
                        articles[article.pmid] = article
                    elif not attempt:
                        odd.append(f"the record of PMID {article.pmid}, which was not asked for")
                odd += found.unread if not attempt else ()
                self._progress(label, len(articles), len(wanted))
        return Delivered(
            articles={pmid: articles[pmid] for pmid in wanted if pmid in articles},
            missing=tuple(pmid for pmid in wanted if pmid not in articles),
            odd=tuple(odd),
        )

    def _batch(self, pmids: list[str]) -> ArticleSet:
        form = {**self._always, "id": ",".join(pmids), "retmode": "xml"}
        answer = self._session.post("efetch.fcgi", form, kind="xml", fault=record_fault)
        return articles_in(answer.content)
