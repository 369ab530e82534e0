"""Sources of AWS Lambda functions; each file is shipped as it is."""
