-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Lets no new run start. Git wins where it declares spec.suspend: the next sync takes this back.
obj.spec.suspend = true
return obj
