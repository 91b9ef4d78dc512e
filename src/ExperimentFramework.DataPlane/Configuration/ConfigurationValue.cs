using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A single configuration value that is read on each use, so that a value set by code takes effect too. Keeps the last value while the
/// configuration cannot be read: while reading throws, or if the value disappears without a reload of the provider that had it, as the values of an
/// unparsable file do, whatever other providers reload.
/// </summary>
internal sealed partial class ConfigurationValue(IConfiguration configuration, string key, TimeProvider time, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly FaultLatch _fault = new(time);
    private Snapshot? _last;

    /// <summary>The configuration key.</summary>
    public string Key => key;

    /// <summary>Reads the value; null if there is none.</summary>
    /// <exception cref="Exception">The value cannot be read and never has been.</exception>
    public string? Read()
    {
        var last = Volatile.Read(ref _last);
        string? value;
        IChangeToken token;
        try
        {
            // Get the token first, so that a reload during the read triggers the new token.
            token = last is null || last.Token.HasChanged ? configuration.GetReloadToken() : last.Token;
            value = configuration[key];
            if (last is not null && last.Value != value && last.Suppliers.FindLost() is { } lost)
            {
                return KeepLast(last.Value, exception: null, lost);
            }

            if (value is null && last?.Value is not null && ReferenceEquals(token, last.Token))
            {
                return KeepLast(last.Value, exception: null, lost: null);
            }

            if (last is null || last.Value != value || !ReferenceEquals(token, last.Token))
            {
                Volatile.Write(ref _last, new Snapshot(token, value, ConfigurationSuppliers.Of(configuration, key)));
            }
        }
        catch (Exception exception) when (last is not null)
        {
            return KeepLast(last.Value, exception, lost: null);
        }

        _fault.Reset();
        return value;
    }

    private string? KeepLast(string? value, Exception? exception, IConfigurationProvider? lost)
    {
        if (_fault.Trip())
        {
            LogKept(key, value, lost is null ? exception : ConfigurationSuppliers.LossOf(lost));
        }

        return value;
    }

    [LoggerMessage(126, LogLevel.Error,
        "Configuration value '{Key}' cannot be read or has disappeared without a reload. Its last value '{Value}' stays in force until its provider reloads.", EventName = "ConfigurationValueKept")]
    private partial void LogKept(string key, string? value, Exception? exception);

    private sealed record Snapshot(IChangeToken Token, string? Value, ConfigurationSuppliers Suppliers);
}
