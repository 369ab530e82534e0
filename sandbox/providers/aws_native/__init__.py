"""The stand-in for Pulumi's `aws-native` provider, which asks CloudFormation's resource handlers by Cloud Control.

schema     CloudFormation's own schema of a type: names, what is right, what replaces, what is read-only
difference what changes between two inputs, and what of it replaces; pure
cluster    AWS::SageMaker::Cluster as calls of SageMaker, as its handler makes them
provider   what each RPC of the engine answers
"""
