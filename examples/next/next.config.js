// What is deployed has the model with it.
export default { outputFileTracingIncludes: { "/recommend": ["films.model"] } };
