using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Dashboard;

return args switch
{
    ["pages"] => await PageBenchmark.RunAsync(experiments: 1_000, eventsPerSecond: 10_000),
    ["shop", .. var rest] => await ShopBenchmark.RunAsync(rest is [var pages, ..] ? int.Parse(pages, CultureInfo.InvariantCulture) : 200, rest is [_, var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : 12),
    ["open", var address, var pages] => await OpenPages.RunAsync(new Uri(address), int.Parse(pages, CultureInfo.InvariantCulture)),
    ["serve", var experiments, var rate] => await ServedExperiments.RunAsync(int.Parse(experiments, CultureInfo.InvariantCulture), int.Parse(rate, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage:
          pages                  1,000 experiments and 10,000 events a second: what a page and an update take
          shop [PAGES] [ROUNDS]  the shop's requests with and without open pages (200), in turn, in so many pairs of rounds (12)
          open ADDRESS PAGES     opens pages of the shop until standard input ends
          serve EXPERIMENTS RATE serves the experiments that "pages" looks at
        """);
    return 2;
}
