using System.Net.Sockets;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Serves the pages of experiments until it is disposed.</summary>
internal sealed class ExperimentServer : IAsyncDisposable
{
    /// <summary>Event streams of open pages end as soon as the server stops; other requests are aborted after this time.</summary>
    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private ExperimentServer(WebApplication app) => _app = app;

    /// <summary>The addresses, with their ports.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Urls];

    /// <summary>Starts to serve.</summary>
    /// <param name="addresses">Where.</param>
    /// <param name="model">The experiments.</param>
    /// <param name="console">Where what goes wrong is reported, and the clock.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="CommandException">An address cannot be used.</exception>
    public static async Task<ExperimentServer> StartAsync(ListenAddresses addresses, IExperimentReadModel model, ToolConsole console, CancellationToken cancellationToken)
    {
        var app = Create(addresses, model, console);
        try
        {
            await app.StartAsync(cancellationToken);
            return new ExperimentServer(app);
        }
        catch (Exception exception)
        {
            await app.DisposeAsync();
            if (addresses.IsDefault && exception is IOException { InnerException: AddressInUseException })
            {
                return await StartAsync(addresses.OnAnyPort, model, console, cancellationToken);
            }

            if (exception is IOException or SocketException or InvalidOperationException)
            {
                throw new CommandException($"{string.Join(", ", addresses.Urls)} cannot be served at: {exception.Message} Name another address with --urls; port 0 is any that is free.", exception);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Create(ListenAddresses addresses, IExperimentReadModel model, ToolConsole console)
    {
        // No settings of the machine or the folder change what is served, and to whom.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options => options.AddServerHeader = false).UseUrls([.. addresses.Urls]);
        builder.Services.AddRoutingCore();
        builder.Services.AddHostFiltering(options => options.AllowedHosts = [.. addresses.Hosts ?? ["*"]]);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = Shutdown);
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, CommandLifetime>());
        builder.Services.AddSingleton(model);
        builder.Services.AddSingleton(console.Time);
        var app = builder.Build();
        app.UseHostFiltering();
        app.Use((context, next) => ReportAsync(context, next, console));
        app.MapExperiments("/", static options => options.AllowAnonymous = true);
        return app;
    }

    private static async Task ReportAsync(HttpContext context, RequestDelegate next, ToolConsole console)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            console.WriteWarning($"{context.Request.Path} could not be shown: {exception.Message}");
            throw;
        }
    }

    /// <summary>The command decides when the server ends, not signals that it would wait for itself.</summary>
    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
