// The kernels for runtimes that refuse to compile bytes (Cloudflare Workers, Vercel's edge): the
// module is imported and the platform compiles it when it deploys. The build puts it before the
// entries of the export conditions `workerd` and `edge-light`.
import kernels from "./kernels.wasm?module";
import { provideKernels } from "./module.js";

provideKernels(() => kernels);
