using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Decides whether a cookie is <c>Secure</c>: always, except over plain HTTP in the environment Development, where a client would not send it
/// back. In other environments a proxy may have terminated TLS, so plain HTTP is logged once and changes nothing.
/// </summary>
internal sealed partial class CookieSecurity(IServiceProvider services, ILoggerFactory loggers)
{
    private readonly bool _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
    private int _hasLogged;

    public bool IsSecure(HttpContext context, string cookie)
    {
        if (RequestState.Get(context, static context => context.Request.IsHttps))
        {
            return true;
        }

        if (Interlocked.Exchange(ref _hasLogged, 1) == 0)
        {
            if (_isDevelopment)
            {
                LogNotSecure(cookie);
            }
            else
            {
                LogPlain(cookie);
            }
        }

        return !_isDevelopment;
    }

    [LoggerMessage(81, LogLevel.Information,
        "Cookie {Cookie} is set without Secure because a request arrived over plain HTTP in the environment Development. In any other environment it is always Secure.", EventName = "CookieNotSecure")]
    private partial void LogNotSecure(string cookie);

    [LoggerMessage(82, LogLevel.Warning,
        "Cookie {Cookie} is Secure, but a request arrived over plain HTTP: browsers do not send the cookie back, and each request counts as another visitor. Use HTTPS, or call UseForwardedHeaders() if a proxy terminates TLS.", EventName = "SecureCookieOverHttp")]
    private partial void LogPlain(string cookie);
}
