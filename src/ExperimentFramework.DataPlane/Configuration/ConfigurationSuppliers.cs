using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The configuration providers that supplied what was read last. One that is empty afterwards, and has not announced a reload, has lost its values
/// instead of removing them: a file provider does so if its file cannot be parsed.
/// </summary>
internal sealed class ConfigurationSuppliers
{
    private readonly (IConfigurationProvider Provider, IChangeToken Token)[] _suppliers;

    private ConfigurationSuppliers((IConfigurationProvider Provider, IChangeToken Token)[] suppliers) => _suppliers = suppliers;

    /// <summary>Returns the providers that have the key, or any key below it.</summary>
    public static ConfigurationSuppliers Of(IConfiguration configuration, string key)
    {
        var suppliers = new List<(IConfigurationProvider, IChangeToken)>();
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            // Get the token first, so that a reload in the meantime is not taken for a loss.
            var token = provider.GetReloadToken();
            if (provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any())
            {
                suppliers.Add((provider, token));
            }
        }

        return new ConfigurationSuppliers([.. suppliers]);
    }

    /// <summary>Returns a provider that has lost its values; null if there is none.</summary>
    public IConfigurationProvider? FindLost()
    {
        foreach (var (provider, token) in _suppliers)
        {
            if (ReferenceEquals(provider.GetReloadToken(), token) && !provider.GetChildKeys([], null).Any())
            {
                return provider;
            }
        }

        return null;
    }

    /// <summary>Creates the exception that says what has happened to the provider.</summary>
    public static InvalidOperationException LossOf(IConfigurationProvider lost) =>
        SafeText.Own(new InvalidOperationException($"{lost} has lost all its values without a reload, as a file that cannot be parsed does."));
}
