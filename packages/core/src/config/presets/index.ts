import type { PresetName } from '../../settings.ts';
import { llamaCpp, ollama } from './local.ts';
import { dynamo, lmdeploy, sglang, tgi, trtllm, vllm } from './openai.ts';
import { bentoml, http, rayServe, sagemaker, triton } from './platform.ts';
import type { Preset } from './preset.ts';

/** Endpoints, timeouts, counts and graces as measured or documented by each server's makers and users. */
export const presets: Record<PresetName, Preset> = {
  vllm,
  sglang,
  tgi,
  triton,
  trtllm,
  dynamo,
  'llama.cpp': llamaCpp,
  ollama,
  lmdeploy,
  bentoml,
  'ray-serve': rayServe,
  sagemaker,
  http,
};
