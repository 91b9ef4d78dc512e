using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Renders each view once for all its clients, while there are clients. A view that fails or is slow does not delay the others.</summary>
/// <param name="model">The read model.</param>
/// <param name="time">The clock.</param>
/// <param name="options">The options: the time between two updates, and the maximum number of clients. They share at most <see cref="MaxViews"/> views.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LiveUpdates(IExperimentReadModel model, TimeProvider time, ExperimentDashboardOptions options, NonThrowingLogger logger)
{
    /// <summary>The maximum number of views. It prevents a user who opens a page for many different searches from making the server render all of them every second.</summary>
    public const int MaxViews = 250;

    /// <summary>The number of updates for which a view without clients is kept. A page usually reconnects within a second or two.</summary>
    private const int UpdatesKept = 3;

    /// <summary>The time between the sends of two clients.</summary>
    private static readonly TimeSpan SendInterval = TimeSpan.FromMilliseconds(2);

    private readonly NonThrowingLogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveView> _views = new(StringComparer.Ordinal);
    private readonly ClientPlaces _places = new();
    private int _clients;
    private bool _isRunning;

    /// <summary>Adds a client; null if there are too many.</summary>
    /// <param name="source">What the client sees.</param>
    public LiveClient? TryEnter(ViewSource source)
    {
        lock (_gate)
        {
            if (_clients >= options.MaxClients)
            {
                return null;
            }

            if (!_views.TryGetValue(source.Key, out var view))
            {
                if (_views.Values.Count(static other => other.Clients > 0) >= MaxViews)
                {
                    return null;
                }

                _views.Add(source.Key, view = new LiveView(source));
            }

            _clients++;
            view.Clients++;
            view.UpdatesWithoutClients = 0;
            if (!_isRunning)
            {
                _isRunning = true;
                _ = BackgroundWork.Run(RunAsync);
            }

            var place = _places.Take();
            return new LiveClient(view, place, SendDelay(place, options.UpdateInterval));
        }
    }

    /// <summary>
    /// How long a client waits before it sends an update, up to half of the time between two updates. If all of them sent at once, the application's requests would wait behind them.
    /// </summary>
    /// <param name="place">The client's place among all clients, from 0.</param>
    /// <param name="interval">The time between two updates.</param>
    public static TimeSpan SendDelay(int place, TimeSpan interval) => TimeSpan.FromTicks((place * SendInterval).Ticks % (interval / 2).Ticks);

    /// <summary>Removes a client.</summary>
    public void Leave(LiveClient client)
    {
        lock (_gate)
        {
            _clients--;
            client.View.Clients--;
            _places.Release(client.Place);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.UpdateInterval, time);
        while (await timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            LiveView[] views;
            lock (_gate)
            {
                foreach (var view in _views.Values.Where(static view => view.Clients == 0 && ++view.UpdatesWithoutClients > UpdatesKept).ToList())
                {
                    _views.Remove(view.Source.Key);
                }

                if (_views.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                views = [.. _views.Values.Where(static view => view.Clients > 0)];
            }

            var moment = new Moment(model);
            foreach (var view in views)
            {
                // Views that complete synchronously are rendered one after another, so that pages use at most one processor. Views that wait do not delay the others.
                if (view.Rendering.IsCompleted)
                {
                    view.Rendering = RenderAsync(view, moment);
                }
            }
        }
    }

    private async Task RenderAsync(LiveView view, Moment moment)
    {
        try
        {
            view.Set(await view.Source.Render(moment).ConfigureAwait(false), time.GetUtcNow());
            view.IsFailing = false;
        }
        catch (Exception exception)
        {
            // The clients receive nothing and report it. The next update may succeed.
            if (!view.IsFailing)
            {
                view.IsFailing = true;
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(320, LogLevel.Error, "An open page of the dashboard could not be updated. It is retried with each update.", EventName = "DashboardUpdateFailed")]
    private partial void LogFailed(Exception exception);
}
