using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A single configuration value, read each time, so that one that was set by code is picked up too. Keeps the last value while the configuration
/// is broken: while reading throws, or the value has vanished without a reload, as all values of a file do that cannot be parsed.
/// </summary>
internal sealed partial class ConfigurationValue(IConfiguration configuration, string key, TimeProvider time, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly FaultLatch _fault = new(time);
    private Known? _last;

    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>Reads the value; null if there is none.</summary>
    /// <exception cref="Exception">It cannot be read, and never could.</exception>
    public string? Read()
    {
        var last = Volatile.Read(ref _last);
        string? value;
        IChangeToken token;
        try
        {
            // The token first: a reload while it is read is then a change of the new token.
            token = last is null || last.Token.HasChanged ? configuration.GetReloadToken() : last.Token;
            value = configuration[key];
        }
        catch (Exception exception) when (last is not null)
        {
            return Keep(last.Value, exception);
        }

        if (value is null && last?.Value is not null && ReferenceEquals(token, last.Token))
        {
            return Keep(last.Value, exception: null);
        }

        if (last is null || last.Value != value || !ReferenceEquals(token, last.Token))
        {
            Volatile.Write(ref _last, new Known(token, value));
        }

        _fault.Reset();
        return value;
    }

    private string? Keep(string? value, Exception? exception)
    {
        if (_fault.Trip())
        {
            LogKept(key, value, exception);
        }

        return value;
    }

    [LoggerMessage(126, LogLevel.Error,
        "Configuration value '{Key}' cannot be read, or has vanished without a reload, as when its file cannot be parsed. Its last value '{Value}' stays in force until the configuration is reloaded.", EventName = "ConfigurationValueKept")]
    private partial void LogKept(string key, string? value, Exception? exception);

    private sealed record Known(IChangeToken Token, string? Value);
}
