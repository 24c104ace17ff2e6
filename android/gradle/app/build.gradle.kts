plugins {
    id("com.android.application") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.2.20"
}

val android = rootDir.parentFile
val root = android.parentFile

/** Where the core's libraries for phones are built to, one folder for each kind of processor. */
val libraries = layout.buildDirectory.dir("jniLibs")

android {
    namespace = "org.sightline.assist.app"
    compileSdk = 35
    ndkVersion = "27.2.12479018"

    defaultConfig {
        applicationId = "org.sightline.assist"
        minSdk = 29
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a") }
    }

    sourceSets["main"].apply {
        manifest.srcFile("$android/app/src/main/AndroidManifest.xml")
        res.srcDir("$android/app/src/main/res")
        kotlin.setSrcDirs(
            listOf(
                "$android/app/src/main/kotlin", "$android/platform/src/main/kotlin",
                "$android/sdk/src/main/kotlin", "$root/ffi/generated/kotlin",
            ),
        )
        jniLibs.setSrcDirs(listOf(libraries))
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    buildTypes {
        release {
            // JNA finds its classes by name.
            isMinifyEnabled = false
        }
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm:1.10.2")
    implementation("com.google.zxing:core:3.5.3")
}

/** The core, with OpenCV linked statically: OPENCV_ANDROID is the folder of its Android SDK. */
val core by tasks.registering(Exec::class) {
    workingDir = root
    val opencv = System.getenv("OPENCV_ANDROID") ?: ""
    doFirst { check(opencv.isNotEmpty()) { "Set OPENCV_ANDROID to the folder OpenCV-android-sdk." } }
    environment("OPENCV_LINK_LIBS", "opencv_calib3d,opencv_features2d,opencv_flann,opencv_video,opencv_imgproc,opencv_core")
    environment(
        "OPENCV_LINK_PATHS",
        "$opencv/sdk/native/staticlibs/arm64-v8a,$opencv/sdk/native/3rdparty/libs/arm64-v8a",
    )
    environment("OPENCV_INCLUDE_PATHS", "$opencv/sdk/native/jni/include")
    environment("OPENCV_DISABLE_PROBES", "environment,pkg_config,cmake,vcpkg_cmake,vcpkg")
    commandLine(
        "cargo", "ndk", "--target", "arm64-v8a", "--platform", "29", "--output-dir", libraries.get().asFile.path,
        "build", "--release", "--package", "sightline-ffi",
    )
}

tasks.named("preBuild") { dependsOn(core) }
