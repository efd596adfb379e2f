"""The addresses of the JSON door; everything else below /api is absent, as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt

from genjin.kernel.refusal import NotFound
from genjin.surfaces.api import (
    allotting,
    clashes,
    comments,
    duplicates,
    exports,
    fields,
    files,
    former,
    handovers,
    imports,
    leadforms,
    openapi,
    owners,
    pools,
    records,
    reveals,
    rules,
    running,
    scores,
    shares,
    totals,
)
from genjin.surfaces.api.problems import refusal_answer

served: list[URLPattern | URLResolver] = [
    path("api/v1/", records.index),
    path("api/v1/openapi.json", openapi.description),
    path("api/v1/actions/<str:name>", running.start),
    path("api/v1/actions/<str:name>/bulk", running.bulk),
    path("api/v1/actions/<str:name>/<int:row_id>", running.on_row),
    path("api/v1/files/<int:file_id>", files.content),
    path("api/v1/events/<int:event_id>/undo", running.undo),
    path("api/v1/exports/<int:export_id>", exports.state, name="api-export"),
    path("api/v1/exports/<int:export_id>/file", exports.file, name="api-export-file"),
    path("api/v1/imports", imports.imports, name="api-imports"),
    path("api/v1/imports/<int:import_id>", imports.state, name="api-import"),
    path("api/v1/imports/<int:import_id>/layout", imports.layout),
    path("api/v1/imports/<int:import_id>/rules", imports.rules),
    path("api/v1/imports/<int:import_id>/policy", imports.policy),
    path("api/v1/imports/<int:import_id>/rows", imports.rows, name="api-import-rows"),
    path("api/v1/imports/<int:import_id>/rows/<int:number>", imports.one_row),
    path("api/v1/imports/<int:import_id>/duplicates", imports.decide),
    path("api/v1/imports/<int:import_id>/failed", imports.failed, name="api-import-failed"),
    path("api/v1/imports/<int:import_id>/<slug:name>", imports.verb),
    path("api/v1/clashes", clashes.clashes, name="api-clashes"),
    path("api/v1/clashes/<int:clash_id>", clashes.clash, name="api-clash"),
    path("api/v1/lead-forms", leadforms.forms, name="api-lead-forms"),
    path("api/v1/lead-forms/<int:form_id>", leadforms.form, name="api-lead-form"),
    path("api/v1/lead-forms/<int:form_id>/submissions", leadforms.submissions, name="api-form-submissions"),
    path(
        "api/v1/lead-forms/<int:form_id>/submissions/<int:submission_id>",
        leadforms.submission,
        name="api-form-submission",
    ),
    path("api/v1/handovers", handovers.several, name="api-handovers"),
    path("api/v1/handovers/<int:handover_id>", handovers.one, name="api-handover"),
    path("api/v1/handovers/<int:handover_id>/items", handovers.things, name="api-handover-items"),
    path("api/v1/handovers/<int:handover_id>/<slug:name>", handovers.verb),
    path("api/v1/fields/<int:field_id>/preview", fields.touched),
    path("api/v1/fields/<slug:plural>", fields.of_type),
    path("api/v1/risks", duplicates.risks, name="api-risks"),
    path("api/v1/risks/<int:risk_id>", duplicates.risk, name="api-risk"),
    path("api/v1/duplicates/<slug:plural>", duplicates.sweep, name="api-sweep"),
    path("api/v1/pools", rules.pools, name="api-pool-rules"),
    path("api/v1/pools/preview", rules.touched, name="api-pool-preview"),
    path("api/v1/capacities", rules.capacities, name="api-capacities"),
    path("api/v1/allocation/schemes", allotting.schemes, name="api-schemes"),
    path("api/v1/allocation/schemes/<int:scheme_id>/test", allotting.back_test, name="api-back-test"),
    path("api/v1/allocation/offers", allotting.offers, name="api-offers"),
    path("api/v1/allocation/runs", allotting.runs, name="api-runs"),
    path("api/v1/allocation/runs/<int:run_id>", allotting.run, name="api-run"),
    path("api/v1/duplicates/<slug:plural>/rules", rules.duplicates, name="api-duplicate-rules"),
    path("api/v1/duplicates/<slug:plural>/groups", duplicates.groups, name="api-sweep-groups"),
    path("api/v1/duplicates/<slug:plural>/check", duplicates.check, name="api-duplicates-check"),
    path("api/v1/scoring/<slug:plural>", scores.scheme, name="api-scoring"),
    path("api/v1/<slug:plural>", records.records),
    path("api/v1/<slug:plural>/totals", totals.of_list),
    path("api/v1/<slug:plural>/former", former.former),
    path("api/v1/<slug:plural>/pools", pools.pools),
    path("api/v1/<slug:plural>/pools/<int:pool_id>", pools.records),
    path("api/v1/<slug:plural>/pools/<int:pool_id>/falling", pools.falling),
    path("api/v1/<slug:plural>/pools/<int:pool_id>/<int:row_id>", pools.record),
    path("api/v1/<slug:plural>/<int:row_id>", records.record),
    path("api/v1/<slug:plural>/<int:row_id>/timeline", records.events),
    path("api/v1/<slug:plural>/<int:row_id>/files", files.files),
    path("api/v1/<slug:plural>/<int:row_id>/comments", comments.comments),
    path("api/v1/<slug:plural>/<int:row_id>/shares", shares.shares),
    path("api/v1/<slug:plural>/<int:row_id>/score", scores.score),
    path("api/v1/<slug:plural>/<int:row_id>/owners", owners.owners),
    path("api/v1/<slug:plural>/<int:row_id>/merges", owners.merges),
    path("api/v1/<slug:plural>/<int:row_id>/reveal", reveals.reveal),
    path("api/v1/<slug:plural>/<int:row_id>/actions/<slug:verb>", running.on_record),
]


@csrf_exempt
def absent(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001 - the route gives it
    """No such address."""
    return refusal_answer(request, NotFound())


urlpatterns = [*served, path("api", absent), path("api/", absent), path("api/<path:rest>", absent)]
