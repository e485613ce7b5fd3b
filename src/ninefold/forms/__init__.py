"""Fitted shapes: plain arrays that predict, and that write themselves as ONNX nodes."""
