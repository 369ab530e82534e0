// Projects whose Go modules ship the CRDs and charts that gitops/ is checked against. Nothing of them is built.
module toolchain/manifests

go 1.25

require (
	github.com/NVIDIA/k8s-device-plugin v0.17.4
	github.com/argoproj/argo-cd/v3 v3.2.6
	github.com/aws/karpenter-provider-aws v1.14.1
	github.com/cert-manager/cert-manager v1.18.2
	github.com/external-secrets/external-secrets v0.20.4
	sigs.k8s.io/kueue v0.14.5
	sigs.k8s.io/metrics-server v0.8.0
)
