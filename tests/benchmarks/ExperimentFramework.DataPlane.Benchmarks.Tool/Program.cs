using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Tool;

return args switch
{
    ["write", var folder, var events] => await MeasuredEvents.WriteAsync(folder, int.Parse(events, CultureInfo.InvariantCulture)),
    ["duckdb", var folder, var question] => DuckDbQuestions.Answer(folder, question),
    ["run", var command, .. var arguments] => MeasuredProcess.Run(command, arguments),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage:
          write FOLDER EVENTS            writes that many exposures of five experiments as Parquet
          duckdb FOLDER inspect|srm      answers with DuckDB what dataplane inspect and srm answer
          run COMMAND ARGUMENTS          runs a command, and says how long it took and how much memory it had at most
        """);
    return 2;
}
