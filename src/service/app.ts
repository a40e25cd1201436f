import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { RewardOptions } from "../rewards/options.ts";
import { bearer } from "./auth.ts";
import { jsonBody } from "./body/json-body.ts";
import { callerGone } from "./body/read-body.ts";
import { answerFailure, failureOf, invalidRequest } from "./failures.ts";
import { formsOf, paperSettingsOf, selectorsOf } from "./forms.ts";
import { ownHost } from "./host.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { ServiceOptions } from "./options.ts";
import type { RewardParts } from "./parts.ts";
import { RequestError } from "./request-error.ts";
import { capabilitiesRoute, healthRoute } from "./routes/status.ts";
import { decomposeRoute, evidenceRoute, rewardsRoute } from "./routes/work.ts";
import { type RewardService, serviceVersion } from "./service.ts";
import type { Admission } from "./work/admission.ts";
import { callerSignal } from "./work/caller.ts";

/** What the HTTP face of a service is made of. */
export interface AppParts extends RewardParts {
  service: RewardService;
  admission: Admission;
  metrics: ServiceMetrics;
  options: ServiceOptions;
  apiKey: string | undefined;
  /** Gets a line about every error that is not the caller's. */
  log(line: string): void;
}

/** The routes, as hono's typed client reads them. */
export type ServiceApp = ReturnType<typeof createApp>;

/** The service as an HTTP application; `app.request` answers without a port. */
export function createApp(parts: AppParts) {
  const { service, admission, metrics, reward } = parts;

  /** Runs one request's work within the limits. */
  async function within<T>(
    { req }: Context,
    route: string,
    items: readonly Readonly<Record<string, unknown>>[],
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = callerSignal(req.raw);
    const results = await admission.admit(items.length, () => work(signal));
    metrics.items(route, items.length);
    return results;
  }

  return openApp(parts)
    .openapi(evidenceRoute, async (context) => {
      const { items, unit, selector } = context.req.valid("json");
      if (selector === "reference") {
        const results = await within(context, "evidence", items, (signal) =>
          service.referenceEvidence(items, unit, signal),
        );
        const { delta } = reward.paper;
        return context.json(
          { versions: service.versions("paper"), unit, selector, delta, results },
          200,
        );
      }
      const results = await within(context, "evidence", items, (signal) =>
        service.evidence(items, unit, signal),
      );
      // What was asked before there were selectors is answered as it was.
      const named = selector === undefined ? {} : { selector };
      return context.json({ versions: service.versions(), unit, ...named, results }, 200);
    })
    .openapi(rewardsRoute, async (context) => {
      const { items, unit, form: asked } = context.req.valid("json");
      const form = asked ?? reward.form;
      const versions = service.versions(form);
      if (form === "paper") {
        const results = await within(context, "rewards", items, (signal) =>
          service.paperRewards(items, unit, signal),
        );
        const paper = paperSettingsOf(reward);
        return context.json({ versions, unit, form, paper, results }, 200);
      }
      const results = await within(context, "rewards", items, (signal) =>
        service.rewards(items, unit, signal),
      );
      const named = asked === undefined ? {} : { form };
      return context.json({ versions, unit, ...named, results }, 200);
    })
    .openapi(decomposeRoute, async (context) => {
      const { items, unit } = context.req.valid("json");
      const results = await within(context, "decompose", items, (signal) =>
        service.decompose(items, unit, signal),
      );
      return context.json({ versions: service.versions(), unit, results }, 200);
    })
    .openapi(healthRoute, (context) => {
      const state = { queued_items: admission.queued, uptime_sec: Math.round(process.uptime()) };
      if (admission.stopping) return context.json({ status: "stopping" as const, ...state }, 503);
      return context.json({ status: "ok" as const, ...state }, 200);
    })
    .openapi(capabilitiesRoute, (context) => context.json(describeService(parts), 200));
}

const knownRoutes = new Set([
  "/v1/evidence",
  "/v1/rewards",
  "/v1/decompose",
  "/v1/health",
  "/v1/capabilities",
  "/metrics",
  "/openapi.json",
]);

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function describeService({ service, options, apiKey, ...parts }: AppParts) {
  const forms = formsOf(parts);
  const accuracy_by: "wheels" | "words" = parts.wheels?.length ? "wheels" : "words";
  const { limits } = options;
  return {
    versions: service.versions(),
    units: ["utf16" as const, "code_point" as const],
    limits: {
      body_bytes: limits.bodyBytes,
      items: limits.items,
      text_units: limits.textUnits,
      cues: limits.cues,
      queued_bytes: limits.queuedBytes,
      queued_items: limits.queuedItems,
    },
    embedder: { id: parts.embedder.id, calibration: parts.calibration },
    decomposer: { id: parts.decomposer.id, persistent: options.stateFolder !== undefined },
    judge: parts.judge ? { id: parts.judge.id } : null,
    reward: { ...(parts.reward satisfies RewardOptions) },
    forms,
    default_form: parts.reward.form,
    selectors: selectorsOf(parts),
    default_selector: "own" as const,
    paper: forms.includes("paper") ? { ...paperSettingsOf(parts.reward), accuracy_by } : null,
    authentication: apiKey === undefined ? ("none" as const) : ("bearer" as const),
  };
}

/** What holds for every route: counts, the key, what a body may be, how failures are answered. */
function openApp(parts: AppParts): OpenAPIHono {
  const { metrics, options } = parts;
  const app = new OpenAPIHono({
    defaultHook(result) {
      if (!result.success) throw invalidRequest(result.error.issues);
    },
  });
  app.use(async (context, next) => {
    const started = performance.now();
    await next();
    const route = knownRoutes.has(context.req.path) ? context.req.path : "other";
    metrics.request(route, context.res.status, (performance.now() - started) / 1000);
  });
  app.use(ownHost(parts.apiKey, options.hosts));
  app.use(bearer(parts.apiKey));
  app.use("/v1/*", jsonBody(options.limits));
  app.onError((error, context) => {
    const seen = context.req.raw.signal.aborted ? callerGone(error) : error;
    const { status } = failureOf(seen);
    if (status >= 500) parts.log(`${context.req.path} ${status}: ${describe(error)}`);
    return answerFailure(context, seen);
  });
  app.notFound((context) => {
    const path = context.req.path.slice(0, 200);
    return answerFailure(context, new RequestError(404, "NOT_FOUND", `nothing at ${path}`));
  });
  app.get("/metrics", async (context) =>
    context.text(await metrics.text(), 200, { "Content-Type": metrics.contentType }),
  );
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "OPPO reward service", version: serviceVersion },
    ...(parts.apiKey === undefined ? {} : { security: [{ bearer: [] }] }),
  });
  return app;
}
