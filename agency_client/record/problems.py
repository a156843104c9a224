"""The codes of everything that can be wrong with a document, and what its author does next (docs/document.md)."""

from __future__ import annotations

from typing import Final

#: Hard blocks and broken formats: nothing is sealed until they are mended. A rule may say something more exact.
NEXT: Final[dict[str, str]] = {
    "E_DOC_SYNTAX": "Correct that line. 'phoenix new' writes a document that works.",
    "E_DOC_FIELD": "Correct the name of the field, or remove it.",
    "E_DOC_TYPE": "Write it as the template shows. 'phoenix new' writes one.",
    "E_DOC_TEXT": "Type the text again: it holds a character that cannot be sent.",
    "E_DOC_LIMIT": "Make it shorter, or put it into a file and attach that.",
    "E_DOC_MISSING": "Add it.",
    "E_DOC_EMPTY": "Add a statement, attach a file, or remove the section.",
    "E_DOC_DUPLICATE": "Give each one a name of its own, or remove one.",
    "E_DOC_CODE": "Use one of the words of the list. See: phoenix catalogue",
    "E_DOC_MARKING": "Write OFFICIAL or OFFICIAL-SENSITIVE. Anything higher must not be sent this way.",
    "E_DOC_PURPOSE": "Write purpose = and, in one sentence, why you share.",
    "E_DOC_RECIPIENT": "Check the address: 'phoenix directory' lists everybody you can send to.",
    "E_DOC_ENDED": "Ask the agency who has taken over, and send it there.",
    "E_DOC_AGENCY": "Ask your information manager before you share with this agency in another way.",
    "E_DOC_NEED_TO_KNOW": "Under [section.need_to_know] write each address that needs this section, and why.",
    "E_DOC_AUDIENCE": "Make 'to' and the need to know of the sections name the same addresses.",
    "E_DOC_PERSON": "Add the person to [[people]], or correct the id.",
    "E_DOC_PROTECTED": "Remove the name, or put it into a section for nobody but those in source_known_to.",
    "E_DOC_UNTYPED": "Write kind = and how the author knows it, such as observed, record or reported.",
    "E_DOC_KIND": "Use one of the nine kinds of statement.",
    "E_DOC_AUTHOR": "Write author = and whose opinion it is. A role is enough.",
    "E_DOC_SOURCE": 'Write source = { type = "..." }. public_anonymous and protected are sources too.',
    "E_DOC_BASIS": "Name only statements that the same people get, by their numbers.",
    "E_DOC_TIME": "Correct the day or time.",
    "E_DOC_ATTACHMENT": "Check the file, and the section you attach it to.",
    "E_DOC_DECISION": "Write [decision] with outcome and decided_by. In an emergency use --urgent and add it later.",
    "E_DOC_LEGAL": "Write it under [legal]. In an emergency use --urgent and add it later.",
    "E_DOC_CONSENT": "Choose another lawful basis, or record the consent that you rely on.",
    "E_DOC_RETENTION": "Write retention = under [legal]. In an emergency use --urgent and add it later.",
    "E_DOC_COPY": "Correct copy_of, or write the statement as one of your own, with its source.",
    "E_DOC_CONTROLLED": "Ask for a release with 'phoenix release-request'. To protect somebody now, write [onward] "
    "safety_override = and why: then it goes, and the agency is told.",
    "E_DOC_SUPERSEDES": "Use the id of a package in 'phoenix sent'.",
}

#: The same of requests and responses (docs/requests.md).
REQUEST_NEXT: Final[dict[str, str]] = {
    "E_DOC_QUESTION": "Use the id of a question that was put to you. 'phoenix requests' lists them.",
    "E_DOC_ANSWER": "Write answer = shared, withheld, not_held or not_searched, and for 'shared' what is shared.",
    "E_DOC_REQUEST": "Correct the id, or remove the field.",
    "W_DOC_DEPUTY": "Write [[deputy]] with instead_of and address.",
    "W_DOC_CALENDAR": "Write due = and a time, or check the day with those you ask.",
    "W_DOC_THRESHOLD": "Record the consent, or why you ask without it.",
    "W_DOC_VICTIM": "Check with your information manager by what right you ask.",
    "W_DOC_COUNSELLING": "Ask for counselling records, or share them, only for substantial probative value.",
    "W_DOC_SEARCHED": "Write searched = under [response], or what = in the answer.",
}

#: What is worth a second look. Nothing waits for it.
WARNING_NEXT: Final[dict[str, str]] = {
    "W_DOC_EXPIRES": "Write expires = to choose another time.",
    "W_DOC_SHORT": "Write a longer time, such as 14d, unless it must be gone by then.",
    "W_DOC_MARKING": "Write the marking you mean.",
    "W_DOC_URGENCY": "Write urgency = green, amber or red: how soon it must be dealt with.",
    "W_DOC_CONTACT": "Write [contact] with a name and a phone number.",
    "W_DOC_PERSON": "Write the person's id under 'about' of the statements, or remove the person.",
    "W_DOC_NUMBER": "Check it against the record it comes from: one wrong digit is somebody else's number.",
    "W_DOC_OUTCOME": "Check that the decision you recorded is the one you are carrying out.",
    "W_DOC_CODE": "Check with your information manager, or choose another.",
    "W_DOC_CONSENT": "Weigh what each of them says. Where it does not hold, ask again or choose another lawful basis.",
    "W_DOC_NOTICE": "Write privacy_notice = under [legal]: which notice the family was given, and when.",
    "W_DOC_ASKED": "See 'phoenix requests'. 'phoenix respond' answers it.",
    "W_DOC_KEYS": "Phone them on a number that you know and compare again: phoenix fingerprint. A new machine changes "
    "the words too.",
    "W_DOC_LOCAL": "Correct the id: 'phoenix catalogue' lists what is asked here.",
    "W_DOC_CHECKED": "Write checked_on = under [quality]: when somebody last looked whether it still holds.",
    "W_DOC_ZONE": "Nothing to do if that is right. Otherwise write the zone at the end: Z for UTC, or +01:00 for BST.",
    "W_DOC_TIME": "Check the day or time.",
    "W_DOC_COVER": "Say what it is for without naming them: the sections name them to those who need to know.",
    "W_DOC_PROTECTED": "Check whom it means. If it is the source, say it without the name.",
    "W_DOC_SOURCE": "If you name them, put them under [[people]] with source_known_to = and the only addresses that "
    "may know. If nobody is to know, write reference = in the source: your own note of who it is.",
    "W_DOC_TOLD": "Tell them too, or be sure that they need not know.",
    "W_DOC_COPY": "Read what its agency has said of it, and decide whether you still pass it on.",
    "W_DOC_OVERRIDE": "Check that this protects somebody now. Otherwise ask for a release.",
    "W_DOC_ASSURANCE": "Ask their information manager, who declares it with 'phoenix agency declare'. Sharing goes on.",
    "W_DOC_TRAINING": "Renew it, and record it with 'phoenix training --valid-until'. Sharing goes on.",
    "W_DOC_REVIEW": "Tell your information manager. Sharing goes on: the law allows it, not the protocol.",
}

#: The way to answer what is owed, and what follows where words can be an answer.
OWED_NEXT: Final = "Answer it in {place}, now or later."
OWED_IN_WORDS: Final = (
    " 'not known: ...' or 'not applicable: ...' with the reason is an answer too."
)
#: What to do with a prompt.
PROMPT_NEXT: Final = "Think about it. You can write your answer in {place}."
