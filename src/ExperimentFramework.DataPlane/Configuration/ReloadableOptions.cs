using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The current options, replaced as a whole when the configuration is reloaded. A reload with invalid values is logged and changes nothing.
/// </summary>
/// <remarks>
/// Subscribers first prepare what they will change, without a lock, because that may run code of the application; once all of them have done so, the changes are
/// applied together.
/// </remarks>
internal sealed partial class ReloadableOptions : IDisposable
{
    private readonly IOptionsFactory<DataPlaneOptions> _factory;
    private readonly NonThrowingLogger _logger;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _lock = new();
    private readonly List<Func<DataPlaneOptions, Action>> _subscribers = [];
    private DataPlaneOptions _value;
    private long _started;
    private long _applied;

    public ReloadableOptions(
        IOptions<DataPlaneOptions> atStart,
        IOptionsFactory<DataPlaneOptions> factory,
        DataPlaneConfiguration configuration,
        IEnumerable<IOptionsChangeTokenSource<DataPlaneOptions>> sources,
        ILoggerFactory loggers)
    {
        _value = atStart.Value;
        _factory = factory;
        _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Startup));
        _subscriptions.Add(ChangeToken.OnChange(configuration.GetChangeToken, Reload));
        foreach (var source in sources.Where(source => string.IsNullOrEmpty(source.Name)))
        {
            _subscriptions.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    /// <summary>The current options. After start-up only changes of the category switches, sampling rates and variant values take effect.</summary>
    public DataPlaneOptions Value => Volatile.Read(ref _value);

    /// <summary>Calls a subscriber with the current options, now and whenever they change. A lock is held: it must not call code of the application.</summary>
    public void OnChange(Action<DataPlaneOptions> subscriber) => OnChange(options => () => subscriber(options));

    /// <summary>Calls a subscriber with the current options, now and whenever they change.</summary>
    /// <param name="prepare">
    /// Reads the options, and returns what applies them. No lock is held while it runs. If it throws, nothing changes for any subscriber. It may be called with
    /// options that are not applied after all.
    /// </param>
    public void OnChange(Func<DataPlaneOptions, Action> prepare)
    {
        while (true)
        {
            var options = Value;
            var apply = prepare(options);
            lock (_lock)
            {
                if (ReferenceEquals(options, _value))
                {
                    _subscribers.Add(prepare);
                    apply();
                    return;
                }
            }
        }
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private void Reload()
    {
        try
        {
            var reload = Interlocked.Increment(ref _started);
            Apply(_factory.Create(Options.DefaultName), reload);
            LogReloaded();
        }
        catch (Exception exception)
        {
            // Do not throw into the code that triggered the reload.
            LogRefused(exception);
        }
    }

    /// <summary>Applies options, unless those of a later reload have been applied meanwhile.</summary>
    private void Apply(DataPlaneOptions options, long reload)
    {
        List<Action> changes = [];
        Func<DataPlaneOptions, Action>[] unprepared = [];
        while (true)
        {
            changes.AddRange(unprepared.Select(prepare => prepare(options)));
            lock (_lock)
            {
                if (reload < _applied)
                {
                    return;
                }

                if (changes.Count == _subscribers.Count)
                {
                    _applied = reload;
                    Volatile.Write(ref _value, options);
                    changes.ForEach(apply => apply());
                    return;
                }

                unprepared = [.. _subscribers.Skip(changes.Count)];
            }
        }
    }

    [LoggerMessage(70, LogLevel.Debug, "The data plane applied the reloaded options.", EventName = "OptionsReloaded")]
    private partial void LogReloaded();

    [LoggerMessage(71, LogLevel.Error, "The reloaded options of the data plane are invalid, so the previous options stay in force. Correct the configuration and reload it.", EventName = "ReloadedOptionsInvalid")]
    private partial void LogRefused(Exception exception);
}
