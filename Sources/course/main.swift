@preconcurrency import Foundation

// A line that is printed can be read at once, also through a pipe, and is not lost if the program is killed.
setvbuf(stdout, nil, _IOLBF, 0)
exit(CourseCommand.run(Array(CommandLine.arguments.dropFirst())))
