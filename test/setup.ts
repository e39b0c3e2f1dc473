// aws-cdk-lib validates every template it synthesizes, which costs seconds a file. Here it is off;
// test/templates.test.ts turns it on, in strict mode, for every example and integ app.
process.env.CDK_VALIDATION ??= 'false';

// Jest asks for 100 frames of every stack trace, and aws-cdk-lib takes one of every resource.
Error.stackTraceLimit = 10;

// The AWS SDK announces, at every start, that it will leave Node 20 behind one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
