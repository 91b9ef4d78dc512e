using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The current options, replaced as a whole when the configuration is reloaded. A reload with invalid values is logged and changes nothing.
/// </summary>
internal sealed partial class ReloadableOptions : IDisposable
{
    private readonly IOptionsFactory<DataPlaneOptions> _factory;
    private readonly NonThrowingLogger _logger;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _lock = new();
    private readonly List<Action<DataPlaneOptions>> _subscribers = [];
    private DataPlaneOptions _value;

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

    /// <summary>The current options. After start-up only changes of the category switches and sampling rates subscriber effect.</summary>
    public DataPlaneOptions Value => Volatile.Read(ref _value);

    /// <summary>Calls a subscriber with the current options, now and whenever they change.</summary>
    public void OnChange(Action<DataPlaneOptions> subscriber)
    {
        lock (_lock)
        {
            _subscribers.Add(subscriber);
            subscriber(Value);
        }
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private void Reload()
    {
        try
        {
            var options = _factory.Create(Options.DefaultName);
            lock (_lock)
            {
                Volatile.Write(ref _value, options);
                _subscribers.ForEach(subscriber => subscriber(options));
            }

            LogReloaded();
        }
        catch (Exception exception)
        {
            // Do not throw into the code that triggered the reload.
            LogRefused(exception);
        }
    }

    [LoggerMessage(70, LogLevel.Debug, "The data plane applied the reloaded options.", EventName = "OptionsReloaded")]
    private partial void LogReloaded();

    [LoggerMessage(71, LogLevel.Error, "The reloaded options of the data plane are invalid, so the previous options stay in force. Correct the configuration and reload it.", EventName = "ReloadedOptionsInvalid")]
    private partial void LogRefused(Exception exception);
}
