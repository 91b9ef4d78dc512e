using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ExperimentFramework.WebShopSample;

/// <summary>Visitors that look around, choose something, go to the checkout and sometimes buy, over HTTP like everyone else. They buy a little more often on one page.</summary>
internal sealed class SimulatedVisitors(SimulationSettings simulation, IServer server, IHostApplicationLifetime lifetime, ILogger<SimulatedVisitors> logger) : BackgroundService
{
    private const int MaxVisitorsAtOnce = 64;
    private const int MaxKnown = 1_000;
    private const double Returns = 0.2;
    private const double Buys = 0.30;
    private const double BuysOnOnePage = 0.36;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(1);

    /// <summary>Visitors that may come again.</summary>
    private readonly List<Visitor> _known = [];
    private readonly Queue<long> _visits = [];
    private volatile int _visitors;
    private bool _isLost;

    public int Visitors => _visitors;

    /// <summary>The visits that began in the last ten seconds, by second.</summary>
    public double VisitsPerSecond
    {
        get
        {
            lock (_visits)
            {
                ForgetVisits();
                return _visits.Count / Measured.TotalSeconds;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            var address = Address.Of(server.Features.Get<IServerAddressesFeature>()!.Addresses);
            using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
            using var room = new SemaphoreSlim(MaxVisitorsAtOnce);
            try
            {
                await SendAsync(client, address, room, stoppingToken);
            }
            finally
            {
                // Those that are still there leave before what they use is disposed.
                for (var visitor = 0; visitor < MaxVisitorsAtOnce; visitor++)
                {
                    await room.WaitAsync(CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The shop closes.
        }
    }

    private async Task SendAsync(HttpMessageInvoker client, Uri address, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        var (due, counted) = (0.0, Stopwatch.GetTimestamp());
        while (true)
        {
            // By the time that has passed: a timer is too coarse for many visitors, and a shop that is slow is not sent all those that it has missed.
            var rate = simulation.VisitorsPerSecond;
            await Task.Delay(rate == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(Math.Max(1.0 / rate, 0.02)), cancellationToken);
            due = Math.Min(rate, due + (Stopwatch.GetElapsedTime(counted).TotalSeconds * rate));
            counted = Stopwatch.GetTimestamp();
            for (; due >= 1; due--)
            {
                await room.WaitAsync(cancellationToken);
                CountVisit();
                _ = VisitAsync(Next(client, address), _random.Next(), room, cancellationToken);
            }
        }
    }

    private void CountVisit()
    {
        lock (_visits)
        {
            ForgetVisits();
            _visits.Enqueue(Stopwatch.GetTimestamp());
        }
    }

    private void ForgetVisits()
    {
        while (_visits.TryPeek(out var oldest) && Stopwatch.GetElapsedTime(oldest) > Measured)
        {
            _visits.Dequeue();
        }
    }

    private Visitor Next(HttpMessageInvoker client, Uri address)
    {
        if (_known.Count > 0 && _random.NextDouble() < Returns)
        {
            return _known[_random.Next(_known.Count)];
        }

        var visitor = new Visitor(client, address);
        _visitors++;
        if (_known.Count < MaxKnown)
        {
            _known.Add(visitor);
        }
        else
        {
            _known[_random.Next(MaxKnown)] = visitor;
        }

        return visitor;
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task VisitAsync(Visitor visitor, int seed, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        try
        {
            var random = new Random(seed);
            await visitor.SendAsync(HttpMethod.Get, "/", cancellationToken);
            Interlocked.Exchange(ref _isLost, false);
            var product = (random.Next(Product.All.Count) + 1).ToString(CultureInfo.InvariantCulture);
            await visitor.SendAsync(HttpMethod.Get, "/product/" + product, cancellationToken);
            if (random.NextDouble() < 0.2)
            {
                return;
            }

            await visitor.SendAsync(HttpMethod.Post, "/basket/" + product, cancellationToken);
            var checkout = await visitor.SendAsync(HttpMethod.Get, "/checkout", cancellationToken);
            if (checkout is not null && random.NextDouble() < (checkout.Contains(ShopEndpoints.OnePage, StringComparison.Ordinal) ? BuysOnOnePage : Buys))
            {
                await visitor.SendAsync(HttpMethod.Post, "/checkout", cancellationToken);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // One line while the shop cannot be reached, not one for each visitor.
            if (!cancellationToken.IsCancellationRequested && !Interlocked.Exchange(ref _isLost, true))
            {
                logger.LogWarning(exception, "A simulated visitor could not reach the shop.");
            }
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>A browser with its cookies.</summary>
    private sealed class Visitor(HttpMessageInvoker client, Uri address)
    {
        private readonly CookieContainer _cookies = new();

        /// <returns>The page; null if there was an error.</returns>
        public async Task<string?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(method, new Uri(address, path));
            request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (simulated visitor)");
            if (_cookies.GetCookieHeader(address) is { Length: > 0 } cookies)
            {
                request.Headers.TryAddWithoutValidation("Cookie", cookies);
            }

            using var response = await client.SendAsync(request, cancellationToken);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set)
                {
                    _cookies.SetCookies(address, cookie);
                }
            }

            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
    }
}
