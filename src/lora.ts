// What `lowrank/lora` exports: everything works from bytes, so it runs where there are no files.
export { ModelFileError } from "./completion/model-file-error.js";
export { FormatError } from "./formats/errors.js";
export type { ModelFiles } from "./formats/model-files.js";
export type { Adaptation } from "./lora/adaptation.js";
export type { Adapter, LayerAdapter, NamedLayerAdapter, Task } from "./lora/adapter.js";
export type { AdapterSetting, CertifiedMethod, CertifiedTask } from "./lora/adapter-certificate.js";
export {
  adapterCertification,
  type CertifiedAdapter,
  type CertifyAdapterOptions,
  type CertifyAdapterProgress,
  certifyAdapter,
} from "./lora/certify-adapter.js";
export { DeepLora, type DeepLoraOptions } from "./lora/deep-lora.js";
export {
  type BestJudgement,
  EarlyStopping,
  type EarlyStoppingOptions,
} from "./lora/early-stopping.js";
export { exportOnnx } from "./lora/export-onnx.js";
export {
  type Classified,
  FewShotClassifier,
  type FewShotOptions,
  fewShot,
  type LabelledText,
} from "./lora/few-shot.js";
export type { FewShotEvidence } from "./lora/few-shot-evidence.js";
export { Finetuning, finetune } from "./lora/finetune.js";
export type { Example, FinetuneOptions } from "./lora/finetune-options.js";
export { DownloadError, type HubOptions, type HubProgress, type ModelCache } from "./lora/hub.js";
export { learnedRank, type PlainLora, plainLora, singularValues } from "./lora/layer-adapter.js";
export { loadEncoder } from "./lora/load-encoder.js";
export { Lora, type LoraOptions } from "./lora/lora.js";
export type { LossOptions } from "./lora/loss.js";
export { mergeAdapter, unmergeAdapter } from "./lora/merge.js";
export { pageCache } from "./lora/page-cache.js";
export {
  type AdapterFiles,
  loadAdapter,
  type SaveAdapterOptions,
  saveAdapter,
} from "./lora/peft-files.js";
export { FullFineTuning, HeadOnly } from "./lora/plain-methods.js";
export type { FinetuneProgress } from "./lora/rate-search.js";
export type { Targets } from "./lora/targets.js";
export type { Label } from "./lora/task-labels.js";
export type { GivenText, GivenTexts, TextInput } from "./lora/text-input.js";
export { type EmbedOptions, TextModel } from "./lora/text-model.js";
export { type AdaptedModel, useAdapter, useOwnHead } from "./lora/use-adapter.js";
export {
  type AdapterReport,
  type VerifyAdapterOptions,
  verifyAdapter,
} from "./lora/verify-adapter.js";
export { accuracy } from "./metrics/accuracy.js";
export { pearson, spearman } from "./metrics/correlation.js";
export { f1, macroF1 } from "./metrics/f1.js";
export { matthews } from "./metrics/matthews.js";
export { DivergenceError } from "./optim/divergence-error.js";
export type { Weights, WeightTensor } from "./transformer/config.js";
export type { EncoderOptions } from "./transformer/encoder.js";
export type { WeightStorage } from "./transformer/weight-storage.js";
