// CourseTesting
