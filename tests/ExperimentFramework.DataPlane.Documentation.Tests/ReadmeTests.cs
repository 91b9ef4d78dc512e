using System.Diagnostics;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The README's code, pasted in its order into the only file of a new console project, compiles, runs and shows the exposure.</summary>
public sealed class ReadmeTests
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

    [Fact]
    public async Task The_blocks_pasted_in_order_compile_and_run_and_show_the_exposure()
    {
        var pasted = string.Concat(Page.Get("README.md").CSharp);
        var folder = Directory.CreateTempSubdirectory("dataplane-readme-");
        try
        {
            var program = Path.Combine(folder.FullName, "Readme.dll");
            var compiled = PageCompiler.Compile(ImplicitUsings, pasted);
            var emitted = compiled.Emit(program);
            Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));

            var output = await RunAsync(program);

            Assert.Matches(@"user-1 was served (control|dynamic) because of hash-assignment", output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>In a process of its own, with the assemblies of this one.</summary>
    private static async Task<string> RunAsync(string program)
    {
        var own = Path.Combine(AppContext.BaseDirectory, typeof(ReadmeTests).Assembly.GetName().Name!);
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
