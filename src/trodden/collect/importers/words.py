"""What names of columns say about their meaning: words of several languages with weights in [0, 1]."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

TRACE: Final = "case:"
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPLIT: Final = re.compile(r"[\W_]+")

_STANDARD: Final[dict[str, dict[str, float]]] = {
    "customer": {"case:concept:name": 1.0, "_case_key": 1.0},
    "touchpoint": {"concept:name": 1.0},
    "time": {"time:timestamp": 1.0},
}
"""Names that mean one thing wherever they stand."""

_WORDS: Final[dict[str, str]] = {
    "customer": """
        customerid .97 customerkey .97 customernumber .97 customerno .97 customer .95 custid .96
        cust .9 userid .96 user .94 useruuid .96 username .8 userpseudoid .96 clientid .93
        client .92 personid .96 person .94 memberid .95 member .92 patientid .96 patient .95
        visitorid .95 visitor .93 subscriberid .95 subscriber .93 subscriberkey .95 guestid .9
        guest .85 passengerid .95 passenger .9 applicantid .9 accountid .88 account .85 contactid .9
        contact .8 leadid .88 lead .8 profileid .9 distinctid .97 anonymousid .82 anonid .82
        fullvisitorid .95 deviceid .7 cookieid .75 msisdn .9 householdid .85 citizenid .9
        studentid .9 requester .84 requesterid .86 caller .6 callerid .6 email .7 phone .55
        kundennummer .97 kundennr .97 kundenid .97 kunde .95 benutzer .93 benutzerid .94 nutzer .93
        patientennr .95 numclient .95 idclient .95 utilisateur .94 idutilisateur .95 usuario .94
        idusuario .95 cliente .95 idcliente .95 klant .95 klantnummer .96 klantid .96 gebruiker .93
        caseid .93 case .92 casekey .93 casenumber .93 caseno .93 traceid .8 ticketid .9 ticket .88
        ticketnumber .9 incidentid .9 incident .86 incidentnumber .9 issueid .84 issuekey .84
        conversationid .84 conversation .82 requestid .8 request .76 claimid .87 claim .84
        applicationid .85 applicationnumber .85 orderid .76 order .72 ordernumber .76
        processinstanceid .9 processid .8 workitemid .7 journeyid .9 callid .72 sessionid .45
        session .4 contractid .75 contract .7 policyid .75 number .72 id .5 key .4 uid .75 uuid .45
        vorgangsnummer .9 fallnummer .9 fallid .9 fall .85 auftragsnummer .8 dossier .85
        numdossier .88 expediente .85 zaaknummer .9 subject .55 actor .6 actorid .7 card .75
        cardnumber .85 cardno .85 loyaltycard .9 loyaltynumber .9 policyholder .9 tenant .7 ip .5
        clientip .75 participant .85 participantid .9 respondent .9 respondentid .93 learner .9
        player .93 playerid .95 driver .85 rider .9 donor .9 voter .85 shopper .93 buyer .9
        borrower .9 insured .85 claimant .8 conversationkey .84 reservation .75 booking .72
        bookingid .78 shipment .75 shipmentid .8 parcel .75 invoice .7 kartennummer .85 mitglied .92
        mitgliedsnummer .93 versicherter .9 vorgang .85 bestellnummer .76 auftrag .75
        codicecliente .97 utente .94 idutente .95 paziente .93 pratica .85 paciente .93
        codcliente .95 utilizador .94 usuarioid .94 klient .95 klienta .95 numerklienta .97
        pacjent .93 uzytkownik .94 zgloszenie .85 zakaznik .95 uzivatel .94 kund .95 kundnummer .97
        kundnr .97 kundenummer .97 bruger .93 bruker .93 anvandare .93 asiakas .95 asiakasnumero .97
        musteri .95 musterino .97 kullanici .93 ugyfel .95 клиент .95 пользователь .94 заявка .85
        客户 .95 用户 .95 顾客 .95 客户id .96 用户id .96 顧客 .95 顧客id .96 ユーザー .94 고객 .95
        사용자 .94 rufnummer .85 telefonnummer .85 phonenumber .8 anrufer .75 callernumber .85
        kontonummer .88 vertragsnummer .85
    """,
    "touchpoint": """
        activity .97 activityid .95 activityname .98 activityen .97 event .93 eventname .97
        eventtype .9 eventaction .9 eventid .4 touchpoint 1 touchpointname 1 action .88
        actionname .9 actiontype .86 step .88 stepname .9 task .82 taskname .86 screen .78
        screenname .84 page .72 pagename .8 pagetitle .7 state .8 incidentstate .88 ticketstate .86
        status .8 newstatus .84 ticketstatus .84 stage .76 operation .76 interaction .86
        interactiontype .84 topic .62 type .5 name .5 subject .42 reason .45 category .38
        activitydescription .9 eventdescription .8 eventlabel .7 transaction .55 milestone .8
        phase .7 queue .66 department .55 location .45 place .5 service .5 aktivitat .97
        aktivitaet .97 ereignis .94 ereignisname .97 schritt .88 tatigkeit .92 kontaktpunkt 1
        aktion .88 evenement .94 activite .97 etape .88 evento .95 actividad .97 paso .86 accion .88
        activiteit .97 gebeurtenis .94 stap .88 verb .88 touch .85 procedure .85 treatment .82
        command .7 method .4 path .58 screentitle .75 statuscode .08 httpstatus .05 responsecode .05
        errorcode .2 parttype .8 articletype .8 useraction .92 customeraction .92 actioncode .7
        eventcode .8 activitytype .95 activitycode .85 segmenttype .8 messagetype .6 callreason .7
        contactreason .75 reasoncode .4 movement .7 attivita .97 azione .88 fase .82 atividade .97
        etapa .86 acao .88 zdarzenie .95 czynnosc .95 krok .88 udalost .95 akce .85 aktivitet .97
        handelse .95 hendelse .95 haendelse .95 steg .86 tapahtuma .95 toiminto .88 olay .94
        islem .8 adim .86 esemeny .94 событие .95 действие .9 этап .86 статус .78 事件 .95 活动 .95
        步骤 .88 操作 .88 イベント .95 アクティビティ .97 이벤트 .95 활동 .95 warteschlange .66
        vorgangsart .85 aktionsart .86 ereignisart .92 ereignistyp .92
    """,
    "time": """
        timestamp .97 eventtimestamp .98 eventtime .97 eventdate .95 eventdatetime .97 datetime .93
        time .9 ts .9 occurredat .98 occurred .95 completetimestamp .92 starttimestamp .94
        completetime .9 endtimestamp .86 starttime .9 endtime .82 completiontime .88 createdat .86
        created .82 creationdate .82 createddate .84 createdtime .84 updatedat .84 sysupdatedat .9
        syscreatedat .75 updated .78 modified .7 changedat .86 openedat .72 closedat .6
        resolvedat .58 receivedat .76 sentat .74 date .82 when .85 at .6 happenedat .97
        recordedat .85 loggedat .85 originaltimestamp .93 clienttimestamp .85 servertimestamp .85
        start .75 end .65 startdate .7 enddate .55 visittime .85 calldate .85 calltime .8
        orderdate .8 day .6 zeitpunkt .97 zeitstempel .98 zeit .9 datum .86 uhrzeit .7 beginn .75
        ende .62 horodatage .98 dateheure .95 fechahora .97 fecha .86 hora .6 heure .6 tijdstip .98
        tijdstempel .98 tijd .88 marcadetiempo .98 deadline .1 due .1 duedate .1 birthdate 0
        birthday 0 expiry .05 planned .1 published .8 happenedon .97 occurredon .97 visitedat .85
        loggedinat .75 tsutc .93 timeutc .93 datetimeutc .95 timestamputc .97 eventts .97
        performedat .93 executedat .9 observedat .9 statusdate .86 statusdatum .86 changedate .85
        transactiondate .88 transactiontime .9 posted .75 postedat .8 bookingdate .8
        activitydate .93 activitytime .95 dataeora .97 dataora .97 ora .7 orario .85 datahora .97
        dataehora .97 datazdarzenia .97 czas .9 godzina .7 cas .88 datumacas .97 tidpunkt .97 tid .9
        tidsstempel .98 tidsstampel .98 dato .84 paivamaara .86 aika .88 aikaleima .98 tarih .86
        zaman .92 zamandamgasi .98 idopont .97 idobelyeg .98 время .92 дата .86 датаивремя .97
        时间 .95 时间戳 .98 日期 .86 日時 .97 時刻 .93 시간 .92 일시 .97 data .4 t .8 tstamp .95
        stamp .85
    """,
    "channel": """
        channel .95 contactchannel .97 channelname .95 channeltype .93 contacttype .85
        contactmethod .88 medium .6 via .6 sourcechannel .88 originchannel .88 kanal .95
        kontaktkanal .97 canal .95 kanaal .95 source .4 platform .4 acquisitionchannel 0
        marketingchannel 0 utmmedium 0 attributionchannel 0 referralchannel 0
    """,
    "outcome": """
        outcome .97 result .9 resultcode .8 disposition .7 success .65 resolution .62 status .55
        completed .5 ergebnis .95 resultat .93 resultado .95 resultaat .95
    """,
    "value": """
        amount .95 value .8 revenue .97 price .4 total .72 totalprice .92 ordervalue .95
        ordertotal .95 sum .75 totalamount .95 cost .4 spend .85 betrag .97 umsatz .97 preis .4
        wert .78 montant .97 prix .4 importe .97 precio .4 bedrag .97 prijs .4 valor .82
    """,
    "currency": """
        currency .98 currencycode .98 ccy .9 wahrung .98 waehrung .98 devise .95 moneda .98
        valuta .98
    """,
    "duration": """
        duration .97 durationms .97 durationsec .97 durationseconds .97 durations .97 dauer .97
        elapsed .8 elapsedtime .85 talktime .85 talkduration .93 avgtalkduration .9 handletime .85
        callduration .95 processingtime .85 servicetime .8 duree .97 duracion .97 duur .97 length .5
    """,
    "session": """
        session .95 sessionid .97 visitid .92 visit .7 sitzung .95 sitzungsid .97 gasessionid .95
        sesion .95
    """,
    "text": """
        comment .93 comments .93 verbatim .98 feedback .92 review .88 reviewtext .95 message .76
        messagetext .9 body .8 text .82 note .65 notes .68 remark .8 content .72 freetext .95
        kommentar .95 bemerkung .88 nachricht .8 commentaire .95 avis .8 comentario .95
        opmerking .93
    """,
    "url": """
        url .98 pageurl .98 currenturl .96 contextpageurl .97 pagelocation .93 href .85 link .6
        uri .85 landingpage .5 referrer 0 referer 0 pageurlpath .8 pagepath .8 path .5
    """,
    "kind": """
        kind .9 eventkind .92 type .7 messagetype .7
    """,
}


_SPOILING: Final = {
    "customer": """
        store shop product item sku campaign page agent employee operator queue event message row line
        location transaction activity resource group category step task status state type insert batch file
    """,
    "touchpoint": """
        user customer client agent owner author actor by date time at count amount device browser os country
        city language version reason id uuid key resource group
    """,
    "time": "birth due planned expected deadline expiry valid zone first signup registration",
}
_SPOILERS: Final = {role: frozenset(text.split()) for role, text in _SPOILING.items()}
"""Words that make a name say something else, where the name as a whole is not known."""


def _parsed(text: str) -> dict[str, float]:
    words = text.split()
    return {word: float(weight) for word, weight in zip(words[::2], words[1::2], strict=True)}


_WEIGHTS: Final = {role: _parsed(text) for role, text in _WORDS.items()}
_PARTIAL: Final = 0.85
"""How much a word counts that is only a part of the name."""
_SPOILT: Final = 0.2
"""How much a part counts beside a word that makes the name say something else."""
_OF_TRACE: Final = 0.5
"""How much a name counts that the log itself calls an attribute of the whole case."""
_QUALIFIED: Final = frozenset({"touchpoint", "time", "channel", "outcome", "kind", "value", "duration"})
"""Roles an attribute of a whole case hardly has."""


@lru_cache(maxsize=4096)
def name_score(role: str, name: str) -> float:
    """Return how much a column's name speaks for a role, in [0, 1]; above 1 for a standard's own name.

    The whole name, its letters alone, counts in full; the longest run of its words that is known counts
    0.85 of its weight, and a fifth of that beside a word that makes the name say something else. Of a dotted
    path any end may stand for the whole.
    """
    standard = _STANDARD.get(role, {}).get(name.lower())
    if standard:
        return 1.0 + standard
    bare = name.removeprefix(TRACE)
    parts = bare.split(".")
    paths = {".".join(parts[start:]) for start in range(len(parts))}
    score = max(_written_score(role, path) for path in paths)
    return score * (_OF_TRACE if name.startswith(TRACE) and role in _QUALIFIED else 1.0)


def _written_score(role: str, name: str) -> float:
    words, weights = words_of(name), _WEIGHTS[role]
    whole = weights.get("".join(words))
    return whole if whole is not None else _PARTIAL * _best_part(words, weights) * _unspoilt(role, words)


def is_standard(role: str, name: str) -> bool:
    """Say whether a name means this role by a standard."""
    return name.lower() in _STANDARD.get(role, {})


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters without accents: ``CompleteTimestamp`` has two."""
    spaced = _CAMEL.sub(" ", name.replace("ß", "ss"))
    plain = unicodedata.normalize("NFKD", spaced)
    bare = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return tuple(word for word in _SPLIT.split(bare) if word)


def _unspoilt(role: str, words: tuple[str, ...]) -> float:
    return _SPOILT if _SPOILERS.get(role, frozenset()).intersection(words) else 1.0


def _best_part(words: tuple[str, ...], weights: dict[str, float]) -> float:
    """Return what the longest runs of words that are known weigh: half the heaviest, half the last."""
    for length in range(len(words) - 1, 0, -1):
        runs = ("".join(words[start : start + length]) for start in range(len(words) - length + 1))
        found = [weights[run] for run in runs if run in weights]
        if found:
            return (max(found) + found[-1]) / 2
    return 0.0
