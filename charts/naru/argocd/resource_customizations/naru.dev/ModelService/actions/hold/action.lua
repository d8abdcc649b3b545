-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Asks to leave the new revision at the share it has.
local os = require("os")
local annotations = obj.metadata.annotations or {}
annotations["naru.dev/hold-requested-at"] = os.date("!%Y-%m-%dT%H:%M:%SZ")
obj.metadata.annotations = annotations
return obj
