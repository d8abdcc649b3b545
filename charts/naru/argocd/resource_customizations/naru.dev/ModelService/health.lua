-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Health of every kind of group naru.dev, read from the conditions of kstatus and two of Naru's own.
-- Degraded: a person must act (Stalled), or data health that spec.degradeOn declares to count (Degraded).
-- Progressing: the operator has not read the newest spec, or is still on its way.
-- Healthy: everything else, with what there is to say; a failed run alone does not turn an application red.

local function health(status, message)
  return { status = status, message = message or "" }
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Pending deletion")
end

local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for the operator to read the newest spec")
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(type, value)
  return conditions[type] ~= nil and conditions[type].status == value
end

for _, type in ipairs({ "Stalled", "Degraded" }) do
  if is(type, "True") then
    return health("Degraded", conditions[type].message)
  end
end
if is("Reconciling", "True") then
  return health("Progressing", conditions.Reconciling.message)
end
if not is("Ready", "True") then
  return health("Progressing", conditions.Ready and conditions.Ready.message or "Not ready yet")
end
for _, type in ipairs({ "RunHealthy", "Reachable", "InputsFresh" }) do
  if is(type, "False") then
    return health("Healthy", type .. " is False: " .. (conditions[type].message or ""))
  end
end
return health("Healthy", conditions.Ready.message)
