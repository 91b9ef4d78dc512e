using ExperimentFramework.DataPlane.Benchmarks.CompileTime;

return args switch
{
    ["compile-time", .. var rest] => await CompileTimeBenchmark.RunAsync(runs: rest is [var text] && int.TryParse(text, out var runs) ? runs : 5),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: compile-time [runs]   what generator and proxies cost the compiler");
    return 2;
}
