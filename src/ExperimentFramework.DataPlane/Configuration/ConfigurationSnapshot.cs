using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Something read from the configuration: at the start, and again after each reload on the thread that reloads, so that no caller reads or waits.
/// What cannot be read leaves the last snapshot in force, and is tried again.
/// </summary>
/// <typeparam name="T">What is read; immutable.</typeparam>
internal sealed partial class ConfigurationSnapshot<T>
    where T : class
{
    /// <summary>How often a read that fails is repeated at once: most fail because values were being set at that moment.</summary>
    private const int Attempts = 3;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly IConfiguration _configuration;
    private readonly string _section;
    private readonly Func<T> _read;
    private readonly TimeProvider _time;
    private readonly FaultLatch _fault;
    private readonly NonThrowingLogger _logger;
    private IChangeToken? _watched;
    private T _current;
    private int _requests;
    private int _isRetrying;

    /// <summary>Reads for the first time, and watches the configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section that is read, for messages.</param>
    /// <param name="read">Reads; what it throws now is the caller's, and later leaves the last snapshot in force.</param>
    /// <param name="time">The clock of retries.</param>
    /// <param name="logger">Takes faults, one line per change of state.</param>
    public ConfigurationSnapshot(IConfiguration configuration, string section, Func<T> read, TimeProvider time, ILogger logger)
    {
        _configuration = configuration;
        _section = section;
        _read = read;
        _time = time;
        _fault = new FaultLatch(time);
        _logger = NonThrowingLogger.Of(logger);

        // Reloads wait until the first read is done.
        _requests = 1;
        Watch();
        _current = read();
        while (Interlocked.Decrement(ref _requests) > 0)
        {
            Interlocked.Exchange(ref _requests, 1);
            Take();
        }
    }

    /// <summary>The last snapshot.</summary>
    public T Current => Volatile.Read(ref _current);

    private void Reload()
    {
        // One thread reads at a time; it reads again for those that came meanwhile.
        if (Interlocked.Increment(ref _requests) > 1)
        {
            return;
        }

        do
        {
            Interlocked.Exchange(ref _requests, 1);
            Take();
        }
        while (Interlocked.Decrement(ref _requests) > 0);
    }

    private void Take()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // The token first: a reload while it is read is then a change of the new token.
                Watch();
                Volatile.Write(ref _current, _read());
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
        if (!ReferenceEquals(token, _watched))
        {
            _watched = token;

            // Weakly: the configuration may outlive this container by far.
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
        "Configuration section '{Section}' cannot be read. What was read before stays in force; it is read again every second until it can be.", EventName = "ConfigurationSectionUnreadable")]
    private partial void LogUnreadable(string section, Exception exception);
}
