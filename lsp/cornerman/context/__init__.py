"""What the model is told about the code around the cursor."""
