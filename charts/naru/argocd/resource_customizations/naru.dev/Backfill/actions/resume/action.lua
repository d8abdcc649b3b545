-- Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds
-- Lets runs start again. The field goes, so that the resource is as Git declares it when Git does not name the field.
obj.spec.suspend = nil
return obj
