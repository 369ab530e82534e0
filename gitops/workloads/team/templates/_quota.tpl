{{/* A quota by Kubernetes' names of resources. Takes a dict of `quota` and `times`. */}}
{{- define "team.quota" -}}
{{- $times := int .times -}}
cpu: {{ mul .quota.cpus $times | quote }}
memory: {{ mul .quota.memoryGib $times }}Gi
nvidia.com/gpu: {{ mul .quota.gpus $times | quote }}
vpc.amazonaws.com/efa: {{ mul .quota.efas $times | quote }}
{{- end }}
