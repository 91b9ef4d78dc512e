namespace ExperimentFramework.DataPlane;

/// <summary>What is in force for one experiment, after trial, attribute and options were asked in that order.</summary>
internal sealed record ExposureSettings(string ExperimentName, bool IsEnabled, ExposureSemantics Semantics, int MaxAttributeLength);
