using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Counts the requests, and refuses all of them while it is closed; what is open already goes on.</summary>
internal sealed class Gate : IStartupFilter
{
    private int _requests;
    private volatile bool _isClosed;

    public int Requests => Volatile.Read(ref _requests);

    public HttpStatusCode Status { get; set; } = HttpStatusCode.ServiceUnavailable;

    public bool IsClosed
    {
        set => _isClosed = value;
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Pass);
        next(app);
    };

    private Task Pass(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _requests);
        if (!_isClosed)
        {
            return next(context);
        }

        if (context.Request.Path == "/signin")
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<h1>Sign in</h1>");
        }

        context.Response.StatusCode = (int)Status;
        context.Response.Headers.Location = Status == HttpStatusCode.Found ? "/signin" : default;
        return Task.CompletedTask;
    }
}
