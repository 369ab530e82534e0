{{/* How every Application is kept in step. Waves order objects of one Application; between Applications, retrying does:
     an Application whose CRDs another one brings fails, waits and tries again, at the newest commit. */}}
{{- define "bootstrap.syncPolicy" -}}
automated: {prune: true, selfHeal: true}
retry:
  limit: -1
  refresh: true
  backoff: {duration: 10s, factor: 2, maxDuration: 5m}
syncOptions:
  - CreateNamespace=true
  - ServerSideApply=true
  - SkipDryRunOnMissingResource=true
  - ApplyOutOfSyncOnly=true
  - RespectIgnoreDifferences=true
  - PruneLast=true
{{- end }}

{{/* Layers of values of a folder, each over the ones before; those that are not there are skipped. */}}
{{- define "bootstrap.valueFiles" -}}
- $values/{{ . }}/values.yaml
- $values/{{ . }}/environments/{{ "{{ .metadata.labels.environment }}" }}.yaml
- $values/{{ . }}/types/{{ "{{ .metadata.labels.cluster_type }}" }}.yaml
- $values/{{ . }}/clusters/{{ "{{ .name }}" }}.yaml
{{- end }}

{{/* This repository, at the branch that the cluster follows. */}}
{{- define "bootstrap.thisRepository" -}}
repoURL: {{ "'{{ .metadata.annotations.gitops_repository }}'" }}
targetRevision: {{ "'{{ .metadata.annotations.gitops_revision }}'" }}
{{- end }}
