namespace ExperimentFramework.DataPlane;

/// <summary>Converts a finished journal file to its final form: a compressed file, files by partition, or Parquet.</summary>
internal interface IRolledFileConverter
{
    /// <summary>
    /// Converts a finished file of JSON lines, in the background. When the task has completed, the journal deletes the file. If the task fails or is
    /// canceled, or the process ends, the file is converted again, by this process or another one, never by two at a time. Name the results after
    /// the file (<see cref="JournalName.BaseOf"/>), write them under names that no reader matches, and rename them when they are complete, replacing those of an earlier
    /// attempt: then nothing is duplicated.
    /// </summary>
    /// <param name="path">The full path of the file. Each of its lines is an event; a line that cannot be read must be kept too.</param>
    /// <param name="cancellationToken">Canceled when the destination is disposed.</param>
    ValueTask ConvertAsync(string path, CancellationToken cancellationToken);
}
