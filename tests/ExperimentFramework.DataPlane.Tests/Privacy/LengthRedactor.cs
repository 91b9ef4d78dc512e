namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>Replaces a value by the name of its field and its length, or fails.</summary>
internal sealed class LengthRedactor : IExposureRedactor
{
    public Exception? Failure { get; set; }

    public string? Redact(string field, string value) => Failure is null ? $"{field}:{value.Length}" : throw Failure;
}
