namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>What pages use without declaring it on every page: the variables of a start-up file, and the services of the examples.</summary>
internal static class StandIns
{
    /// <summary>What the SDK for web applications adds to a project (<c>ImplicitUsings</c>), and the one namespace of the data plane.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using ExperimentFramework.DataPlane;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    public static IReadOnlyList<(string Name, string Declaration)> Variables { get; } =
    [
        ("services", "var services = new ServiceCollection();\n"),
        ("builder", "var builder = WebApplication.CreateBuilder(args);\n"),
        ("app", "var app = builder.Build();\n"),
    ];

    /// <summary>A type comes before those that it uses.</summary>
    public static IReadOnlyList<(string Name, string Declaration)> Types { get; } =
    [
        ("HelloGreeter", "public sealed class HelloGreeter : IGreeter { public string Greet(string user) => \"hello\"; }\n"),
        ("BonjourGreeter", "public sealed class BonjourGreeter : IGreeter { public string Greet(string user) => \"bonjour\"; }\n"),
        ("IGreeter", "[ExposureLogged(\"greeting\")] public interface IGreeter { string Greet([ExposureSubject(\"user\")] string user); }\n"),
        ("Banner", "public sealed class Banner : IBanner { public string Text(string user) => \"text\"; }\n"),
        ("IBanner", "[ExposureLogged(\"banner\")] public interface IBanner { string Text([ExposureSubject(\"user\")] string user); }\n"),
        ("ListPricing", "public sealed class ListPricing : IPricing { public ValueTask<decimal> QuoteAsync(string userId) => new(10m); }\n"),
        ("DynamicPricing", "public sealed class DynamicPricing : IPricing { public ValueTask<decimal> QuoteAsync(string userId) => new(12m); }\n"),
        ("IPricing", "[ExposureLogged(\"checkout-pricing\")] public interface IPricing { ValueTask<decimal> QuoteAsync([ExposureSubject(\"user\")] string userId); }\n"),
    ];
}
