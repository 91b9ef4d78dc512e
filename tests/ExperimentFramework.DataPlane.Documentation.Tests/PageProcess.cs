using System.Diagnostics;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Runs the code of a page as a reader does: its blocks pasted in order into the only file of a new console project.</summary>
internal static class PageProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What the SDK adds to a new console project: <c>ImplicitUsings</c>.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Compiles the page without a warning, runs it and returns what it prints.</summary>
    public static async Task<string> RunAsync(string page)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-page-");
        try
        {
            var program = Path.Combine(folder.FullName, "Page.dll");
            var emitted = PageCompiler.Compile(ImplicitUsings, string.Concat(Page.Get(page).CSharp)).Emit(program);
            Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
            return await ExecuteAsync(program);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>In a process of its own, with the assemblies of this one.</summary>
    private static async Task<string> ExecuteAsync(string program)
    {
        var own = Path.Combine(AppContext.BaseDirectory, typeof(PageProcess).Assembly.GetName().Name!);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", "--depsfile", own + ".deps.json", "--runtimeconfig", own + ".runtimeconfig.json", program })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Limit);
            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
