using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A snapshot read from the configuration at start-up, and again after each reload on the reloading thread, so that callers never read or wait.
/// If a read fails, or a provider that supplied the section has lost its values, the last snapshot stays in force and the read is retried.
/// </summary>
/// <typeparam name="T">The type of the snapshot; immutable.</typeparam>
internal sealed partial class ConfigurationSnapshot<T>
    where T : class
{
    /// <summary>The number of immediate attempts to read; most failures happen because values are being set at that moment.</summary>
    private const int Attempts = 3;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IConfiguration _configuration;
    private readonly string _section;
    private readonly Func<T> _read;
    private readonly TimeProvider _time;
    private readonly FaultLatch _fault;
    private readonly NonThrowingLogger _logger;
    private IChangeToken? _token;
    private ConfigurationSuppliers _suppliers;
    private T _current;
    private int _requests;
    private int _isRetrying;

    /// <summary>Reads the first snapshot and subscribes to reloads.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section that is read, for messages.</param>
    /// <param name="read">Reads a snapshot. An exception of the first read is thrown to the caller; later ones leave the last snapshot in force.</param>
    /// <param name="time">The clock for retries.</param>
    /// <param name="logger">The logger for faults: one line per change of state.</param>
    public ConfigurationSnapshot(IConfiguration configuration, string section, Func<T> read, TimeProvider time, ILogger logger)
    {
        _configuration = configuration;
        _section = section;
        _read = read;
        _time = time;
        _fault = new FaultLatch(time);
        _logger = NonThrowingLogger.Of(logger);

        // Reloads are deferred until the first read is done.
        _requests = 1;
        Watch();
        _suppliers = ConfigurationSuppliers.Of(configuration, section);
        _current = read();
        while (Interlocked.Decrement(ref _requests) > 0)
        {
            Interlocked.Exchange(ref _requests, 1);
            Read();
        }
    }

    /// <summary>The last snapshot.</summary>
    public T Current => Volatile.Read(ref _current);

    private void Reload()
    {
        // One thread reads at a time, and reads again for reloads that arrived in the meantime.
        if (Interlocked.Increment(ref _requests) > 1)
        {
            return;
        }

        do
        {
            Interlocked.Exchange(ref _requests, 1);
            Read();
        }
        while (Interlocked.Decrement(ref _requests) > 0);
    }

    private void Read()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Get the token first, so that a reload during the read triggers the new token.
                Watch();
                if (_suppliers.FindLost() is { } lost)
                {
                    throw ConfigurationSuppliers.LossOf(lost);
                }

                var suppliers = ConfigurationSuppliers.Of(_configuration, _section);
                Volatile.Write(ref _current, _read());
                _suppliers = suppliers;
                _fault.Reset();
                return;
            }
            catch (Exception exception)
            {
                if (attempt < Attempts)
                {
                    continue;
                }

                if (_fault.Trip())
                {
                    LogUnreadable(_section, exception);
                }

                Retry();
                return;
            }
        }
    }

    private void Watch()
    {
        var token = _configuration.GetReloadToken();
        if (!ReferenceEquals(token, _token))
        {
            _token = token;

            // A weak reference, because the configuration may far outlive this container.
            token.RegisterChangeCallback(
                static state =>
                {
                    if (((WeakReference<ConfigurationSnapshot<T>>)state!).TryGetTarget(out var snapshot))
                    {
                        snapshot.Reload();
                    }
                },
                new WeakReference<ConfigurationSnapshot<T>>(this));
        }
    }

    private void Retry()
    {
        if (Interlocked.Exchange(ref _isRetrying, 1) == 0)
        {
            _ = RetryAsync();
        }
    }

    private async Task RetryAsync()
    {
        await Task.Delay(RetryInterval, _time, CancellationToken.None).ConfigureAwait(false);
        Volatile.Write(ref _isRetrying, 0);
        Reload();
    }

    [LoggerMessage(125, LogLevel.Error,
        "Configuration section '{Section}' cannot be read. The last values read stay in force, and reading is retried every second until it succeeds.", EventName = "ConfigurationSectionUnreadable")]
    private partial void LogUnreadable(string section, Exception exception);
}
