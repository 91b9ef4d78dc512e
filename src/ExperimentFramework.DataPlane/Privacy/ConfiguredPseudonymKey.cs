namespace ExperimentFramework.DataPlane;

/// <summary>Provides the key that is set in the options.</summary>
internal sealed class ConfiguredPseudonymKey(PiiRedactionOptions options) : IPseudonymKeyProvider
{
    private readonly PseudonymKey _key = new(options.PseudonymKeyId, Convert.FromBase64String(options.PseudonymKey!));

    public PseudonymKey GetKey() => _key;
}
