"""The import of a brought file, step by step: its columns, a count of all of it, and then the import."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.collect import jobs
from trodden.collect.importers import ImportOptions, Mapping, dump_mapping, plan_import, read_mapping
from trodden.collect.importers.plan import LONGEST_SOURCE
from trodden.collect.jobs import Task
from trodden.collect.uploads import content_of, find_upload, keep_upload
from trodden.model.errors import (
    CallerError,
    DataError,
    MappingError,
    RefusedFileError,
    TroddenError,
    UnreadableFileError,
)
from trodden.store.disk import require_room, size_text
from trodden.store.folder import Workspace
from trodden.web.actors import actor_of
from trodden.web.addresses import key_in
from trodden.web.audit.requests import record
from trodden.web.explore.export import attached
from trodden.web.home import chosen, or_404, workspace_here
from trodden.web.pages import show
from trodden.web.shield import sees_customers
from trodden.web.sources.columns import COLUMN, Doubt, knows_none, page_of, parts_of, said_in
from trodden.web.sources.models import SavedMapping
from trodden.web.uploading import is_passed, largest_upload
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from django.http import HttpRequest, HttpResponse

    from trodden.collect.importers import FilePlan
    from trodden.collect.uploads import Upload

LONGEST_NAME = 100


@require_POST
def bring(request: HttpRequest, token: str) -> HttpResponse:
    """Take a file in."""
    who = actor_of(request).name
    if not is_passed(token, who):
        raise CallerError(
            _("This form is too old, or was shown to somebody else."),
            hint=_("Load the page of sources anew, then choose the file again."),
        )
    return redirect("columns", brought(request).key)


def brought(request: HttpRequest) -> Upload:
    """Keep the one file of a form, and note who brought it.

    Raises
    ------
    CallerError
        There is none, or it cannot be taken.
    """
    file, who = _file_in(request), actor_of(request).name
    here = chosen()
    workspace = Workspace.create(here.home, here.workspace)
    require_room(workspace.root, file.size or 0)
    upload = keep_upload(workspace, Path(file.temporary_file_path()), file.name or "", who)
    record(request, "file.bring", f"{upload.key}, {size_text(upload.size)}")
    return upload


def _file_in(request: HttpRequest) -> TemporaryUploadedFile:
    """Return the one file of a form.

    Raises
    ------
    CallerError
        There is none.
    RefusedFileError, UnreadableFileError
        It is too large, or empty.
    """
    file = request.FILES.get("file")
    if not isinstance(file, TemporaryUploadedFile):
        raise CallerError(_("No file was chosen."), hint=_("Choose one, or drop it on the page of sources."))
    size, most = file.size or 0, largest_upload()
    if size > most:
        raise RefusedFileError(
            _("The file has {size}; at most {most} are taken.").format(
                size=size_text(size), most=size_text(most)
            ),
            hint=_("Pack it with gzip, or import it on the server with `trodden import`."),
        )
    if not size:
        raise UnreadableFileError(_("The file is empty."), hint=_("Export it again."))
    return file


def upload_here(request: HttpRequest, key: UUID) -> tuple[Workspace, Upload]:
    """Return a brought file and its workspace, to whoever brought it or may see who customers are.

    Raises
    ------
    UnknownNameError
        It is not there any more.
    Http404
        Somebody else brought it.
    """
    workspace = or_404(workspace_here())
    upload = find_upload(workspace, str(key))
    hold_to_bringer(request, upload.by)
    return workspace, upload


def hold_to_bringer(request: HttpRequest, who: str) -> None:
    """Let whoever brought a file, or may see who customers are, look into it.

    Raises
    ------
    Http404
        It is neither.
    """
    if not may_look_into(request, who):
        raise Http404(_("Somebody else brought this file. It is shown to them alone."))


def may_look_into(request: HttpRequest, who: str) -> bool:
    """Say whether whoever asks may see rows of a file that somebody brought."""
    return actor_of(request).name == who or sees_customers.get()


@require_safe
def columns(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what each column is taken for, and the first rows as events; the address says what is meant."""
    workspace, upload = upload_here(request, key)
    fields = request.GET.dict()
    said = cast("MappingOf[str, str]", fields)
    base = _base(said)
    page = page_of(upload, said, base, _saved())
    status = HTTPStatus.OK
    try:
        mapping = said_in(said, base, workspace.mark.time_zone)
        page = page_of(upload, said, mapping, _saved())
        parts = parts_of(_planned(workspace, upload, mapping, said), upload.name)
    except (MappingError, DataError) as error:
        parts, status = _parts_despite(workspace, upload, error), HTTPStatus.UNPROCESSABLE_ENTITY
    return show(request, "sources/columns.html", dataclasses.replace(page, **parts), status=status)


def _planned(workspace: Workspace, upload: Upload, mapping: Mapping, said: MappingOf[str, str]) -> FilePlan:
    """Find out how the file is read; where it has other columns by now than are spoken of, propose anew."""
    path = content_of(workspace, upload)
    try:
        return plan_import([path], ImportOptions(mapping=mapping)).files[0]
    except MappingError:
        reading = {name: text for name, text in said.items() if not name.startswith(COLUMN)}
        alone = said_in(reading, Mapping(), workspace.mark.time_zone)
        plan = plan_import([path], ImportOptions(mapping=alone)).files[0]
        if knows_none(said, plan):
            return plan
        raise


def _parts_despite(workspace: Workspace, upload: Upload, error: TroddenError) -> dict[str, object]:
    """Return what can be shown of a file that cannot be read as was said: the proposal, and what is wrong."""
    path = content_of(workspace, upload)
    doubt = Doubt(told(error.message, path, upload), told(error.hint, path, upload))
    try:
        plan = plan_import([path]).files[0]
    except (MappingError, DataError):
        return {"doubt": doubt}
    return {**parts_of(plan, upload.name), "events": (), "doubt": doubt}


def told(text: str, path: Path, upload: Upload) -> str:
    """Return a sentence about a file that calls it by its name instead of where it lies."""
    return text.replace(str(path), upload.name)


@require_POST
def count(request: HttpRequest, key: UUID) -> HttpResponse:
    """Begin to count all of the file, as the page it was sent from showed it, or as it was counted before."""
    workspace, upload = upload_here(request, key)
    mapping = _mapping_in(request, workspace, upload)
    is_again = request.POST.get("again") == "yes"
    source = request.POST.get("source", "")
    return redirect("work", counting(request, workspace, upload, mapping, source, is_again=is_again))


def counting(
    request: HttpRequest,
    workspace: Workspace,
    upload: Upload,
    mapping: Mapping,
    source: str,
    *,
    is_again: bool,
) -> str:
    """Begin to count all of a file, read so; return the key of the work."""
    options = ImportOptions(
        mapping=mapping, source=_source_of(source, upload), again=is_again, called=upload.name
    )
    task = Task(
        kind="count",
        home=str(workspace.home),
        workspace=workspace.name,
        by=upload.by,
        upload=upload.key,
        name=upload.name,
        options=options,
    )
    record(request, "file.check", upload.key)
    return jobs.start(workspace, task)


def _mapping_in(request: HttpRequest, workspace: Workspace, upload: Upload) -> Mapping:
    """Return how the file is to be read: as the columns page said, or as work on this very file read it."""
    if counted := request.POST.get("work", ""):
        key = key_in(counted)
        if key is None:
            raise CallerError(_("No work goes by this key."))
        task = jobs.task_of(workspace, str(key))
        if task.upload != upload.key:
            raise CallerError(_("This count was of another file."))
        return task.options.mapping
    said = cast("MappingOf[str, str]", QueryDict(request.POST.get("query", "")).dict())
    mapping = said_in(said, _base(said), workspace.mark.time_zone)
    return _planned(workspace, upload, mapping, said).mapping


def _source_of(text: str, upload: Upload) -> str:
    said = " ".join(text.split())
    if len(said) > LONGEST_SOURCE:
        raise CallerError(_("A name of at most {n} characters, please.").format(n=LONGEST_SOURCE))
    return said or upload.name


@require_POST
def keep_mapping(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what the page says of columns under a name; the name of one that is kept takes the new one."""
    workspace, upload = upload_here(request, key)
    query = request.POST.get("query", "")
    said = cast("MappingOf[str, str]", QueryDict(query).dict())
    mapping = said_in(said, _base(said), workspace.mark.time_zone)
    plan = _planned(workspace, upload, mapping, said)
    kept = mapping_kept(request, request.POST.get("name", ""), plan.mapping)
    return redirect(f"{request.path_info.removesuffix('mapping/')}?with={kept.pk}")


def mapping_kept(request: HttpRequest, called: str, mapping: Mapping) -> SavedMapping:
    """Keep how a file is read under a name; the name of one that is kept takes the new one.

    Raises
    ------
    CallerError
        The name is empty, or too long.
    """
    name = " ".join(called.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise CallerError(_("A mapping needs a name of at most {n} characters.").format(n=LONGEST_NAME))
    text = dump_mapping(_general(mapping))
    read_mapping(text.encode(), name)  # what could not be read again is not kept
    kept, _is_new = SavedMapping.everywhere.update_or_create(
        workspace=workspace_name(),
        name=name,
        defaults={"text": text, "by": actor_of(request).name},
    )
    record(request, "mapping.keep", name)
    return kept


def _general(mapping: Mapping) -> Mapping:
    """Return a mapping without what is told by each file itself."""
    return msgspec.structs.replace(mapping, encoding="", short_rows="", header=None, properties=())


@require_safe
def mapping_file(request: HttpRequest, key: UUID) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give a kept mapping as the file the command line reads."""
    found = SavedMapping.here.filter(pk=key).first()
    if found is None:
        raise Http404(_("No mapping goes by this name any more."))
    return attached(found.text.encode(), "mapping", "toml")


def _saved() -> dict[str, str]:
    return {str(one.pk): one.name for one in SavedMapping.here.order_by("name")}


def _base(said: MappingOf[str, str]) -> Mapping:
    """Return the kept mapping an address names; an empty one where it names none."""
    wanted = said.get("with", "")
    found = next((one for one in SavedMapping.here.all() if wanted and str(one.pk) == wanted), None)
    return read_mapping(found.text.encode(), found.name) if found else Mapping()
