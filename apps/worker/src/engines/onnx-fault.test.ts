import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '@worldfarm/diffusion';
import { faultOf } from './onnx.ts';

test('memory that ran out is told from a broken device, and both from a render that failed', () => {
  const arena = new EngineError(
    'Non-zero status code: Available memory of 1048576 is smaller than requested bytes of 4194304',
  );
  assert.equal(faultOf(arena), 'out_of_memory');
  const cause = new Error('CUDA failure 2: out of memory');
  assert.equal(faultOf(new EngineError('the render failed', { deviceFault: true, cause })), 'out_of_memory');
  assert.equal(faultOf(new EngineError('the thread ended', { deviceFault: true })), 'device_fault');
  assert.equal(faultOf(new EngineError('a shape does not fit')), undefined);
  assert.equal(faultOf(new Error('out of memory')), undefined);
});
