-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
local actions = {
  ["probe"] = { displayName = "Look again", iconClass = "fa fa-fw fa-sync" },
}
-- What can be asked of a resource now. What makes no sense now is shown, but cannot be clicked.
local status = obj.status or {}
local annotations = obj.metadata.annotations or {}
local deleting = obj.metadata.deletionTimestamp ~= nil
local suspended = obj.spec.suspend == true
local running = status.lastRun ~= nil and status.lastRun.result == "Running"
-- where a rollout by steps is; nil without one
local phase = status.rollout and status.rollout.phase
local sharing = phase == "Running" or phase == "Held" or phase == "Failed"

-- a request that the operator has not answered yet
local function open(annotation, answer)
  return annotations[annotation] ~= nil and annotations[annotation] ~= answer
end

local asked = open("naru.dev/run-requested-at", status.lastHandledRunRequest)
local askedForAll = open("naru.dev/full-refresh-requested-at", status.lastHandledFullRefreshRequest)
local askedToStop = open("naru.dev/cancel-requested-at", status.lastHandledCancelRequest)
local askedToHold = open("naru.dev/hold-requested-at", status.lastHandledHoldRequest)
local askedToContinue = open("naru.dev/continue-requested-at", status.lastHandledContinueRequest)
local askedToRollBack = open("naru.dev/rollback-requested-at", status.lastHandledRollbackRequest)

local disabled = {
  ["probe"] = asked,
  ["run"] = suspended or asked or askedForAll,
  ["full-refresh"] = suspended or askedForAll,
  ["cancel"] = not running or askedToStop,
  ["suspend"] = suspended,
  ["resume"] = not suspended,
  ["hold"] = phase ~= "Running" or askedToHold,
  ["continue"] = not (sharing or phase == "RolledBack") or askedToContinue,
  ["rollback"] = not sharing or askedToRollBack,
}
for name, action in pairs(actions) do
  action.disabled = deleting or disabled[name]
end
return actions
