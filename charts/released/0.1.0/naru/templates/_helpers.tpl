{{/* The name of every object: the release's name, which says "naru" on its own */}}
{{- define "naru.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The name of what belongs to the operator alone */}}
{{- define "naru.operator" -}}
{{- printf "%s-operator" (include "naru.fullname" .) -}}
{{- end -}}

{{/* The labels by which the Deployment finds its pods; they can never change */}}
{{- define "naru.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "naru.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "naru.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "naru.operator" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* An image reference: (dict "image" .Values.image "appVersion" .Chart.AppVersion) */}}
{{- define "naru.image" -}}
{{- if .image.digest -}}
{{- printf "%s@%s" .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .appVersion) -}}
{{- end -}}
{{- end -}}
