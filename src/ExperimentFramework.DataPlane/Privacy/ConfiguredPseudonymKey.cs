namespace ExperimentFramework.DataPlane;

/// <summary>The key that the options hold.</summary>
internal sealed class ConfiguredPseudonymKey(PiiRedactionOptions options) : IPseudonymKeyProvider
{
    private readonly PseudonymKey _key = new(options.PseudonymKeyId, Convert.FromBase64String(options.PseudonymKey!));

    public PseudonymKey GetKey() => _key;
}
